import * as vscode from "vscode";

import type { Services } from "../services";
import { cancellable } from "./cancellable";

/** Scores what the working tree changed and shows it in the view in Source Control. */
export async function scanChanges({ requests, changes }: Services): Promise<void> {
  const options = { location: { viewId: "codeorigin.changes" } };
  await changes.show(await vscode.window.withProgress(options, () => requests.scanChanges()));
}

/** Scores every file of the workspace and shows them in the tree. */
export async function scanWorkspace({ requests, scanProgress, tree }: Services): Promise<void> {
  if (!vscode.workspace.workspaceFolders?.length) {
    void vscode.window.showInformationMessage("CodeOrigin: open a folder to scan it.");
    return;
  }
  const scan = await cancellable("Scanning the workspace", (signal, progress) =>
    scanProgress.during(progress, () => requests.scanWorkspace(signal, () => scanProgress.token)),
  );
  if (!scan) {
    return;
  }
  await tree.show(scan);
  const report = "Open Report";
  const chosen = await vscode.window.showInformationMessage(`CodeOrigin: ${scan.message}`, report);
  if (chosen === report) {
    await vscode.commands.executeCommand("codeorigin.openReport");
  }
}
