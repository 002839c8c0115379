import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";

import { plainMessage } from "../literal";
import { cancellable, tell } from "../messages";
import type { Services } from "../services";
import type { Launch } from "../server/launch";
import { SECTION } from "../settings";
import { check, REPORTED, reportArguments, themed } from "./report";

/** The command line's HTML report of the workspace folder, in an editor tab. */
export async function openReport({ control, log }: Services): Promise<void> {
  const folder = await chooseFolder();
  if (!folder || !control.found) {
    if (folder) {
      void vscode.window.showWarningMessage("CodeOrigin: the server was not found, so there is no report.");
    }
    return;
  }
  const { launch } = control.found;
  const html = await cancellable("Writing the report", (signal) => writeReport(launch, folder, signal));
  if (html === undefined) {
    return;
  }
  log.info(`report of ${folder.name}: ${html.length} characters`);
  const panel = vscode.window.createWebviewPanel("codeorigin.report", `Report: ${plainMessage(folder.name)}`, vscode.ViewColumn.Active, {
    enableScripts: false,
    enableFindWidget: true,
    localResourceRoots: [],
  });
  // The page has its own policy: no scripts, no external resources.
  const { Light, HighContrastLight } = vscode.ColorThemeKind;
  panel.webview.html = themed(html, ![Light, HighContrastLight].includes(vscode.window.activeColorTheme.kind));
}

async function chooseFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0) {
    tell("open a folder on disk to report on it.");
  }
  return folders.length > 1 ? vscode.window.showWorkspaceFolderPick() : folders[0];
}

async function writeReport(launch: Launch, folder: vscode.WorkspaceFolder, signal: AbortSignal): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), "codeorigin-"));
  try {
    const file = join(target, "report.html");
    await check(launch, file, scopeOf(folder), folder.uri.fsPath, signal);
    return await readFile(file, "utf8");
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

/** Options for the settings that the user has set, for all folders or for this one. */
function scopeOf({ uri }: vscode.WorkspaceFolder): string[] {
  const section = vscode.workspace.getConfiguration(SECTION, uri);
  const chosen: Record<string, unknown> = {};
  for (const name of REPORTED) {
    const value = section.get<unknown>(name);
    if (JSON.stringify(value) !== JSON.stringify(section.inspect(name)?.defaultValue)) {
      chosen[name] = value;
    }
  }
  return reportArguments(chosen, section.get<string | null>("modelPath"));
}
