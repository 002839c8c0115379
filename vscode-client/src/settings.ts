import * as vscode from "vscode";

import { DOCUMENT_IDS } from "./languages";

export const SECTION = "codeorigin";

/** The extension's own settings; all others belong to the server, which requests them itself. */
export interface OwnSettings {
  path: string | undefined;
  interpreter: string | undefined;
  logLevel: string;
}

export function ownSettings(): OwnSettings {
  const section = vscode.workspace.getConfiguration(SECTION);
  return {
    path: text(section, "server.path"),
    interpreter: text(section, "server.interpreter"),
    logLevel: section.get("server.logLevel", "info"),
  };
}

/** The kinds of documents besides source files that are scored. */
export function documentKinds(): readonly string[] {
  return vscode.workspace.getConfiguration(SECTION).get<readonly string[]>("documents", DOCUMENT_IDS);
}

/** Settings that need a restart of the server or the client. */
export const NEED_RESTART = ["server", "workspaceDiagnostics", "documents"].map((name) => `${SECTION}.${name}`);

function text(section: vscode.WorkspaceConfiguration, name: string): string | undefined {
  return section.get<string>(name, "").trim() || undefined;
}
