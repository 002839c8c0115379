import * as vscode from "vscode";

export const SECTION = "codeorigin";

/** The extension's own settings; all others belong to the server, which requests them itself. */
export function ownSettings() {
  const section = vscode.workspace.getConfiguration(SECTION);
  return {
    path: text(section, "server.path"),
    interpreter: text(section, "server.interpreter"),
    logLevel: section.get("server.logLevel", "info"),
  };
}

/** Settings that need a restart of the server. */
export const NEED_RESTART = `${SECTION}.server`;

function text(section: vscode.WorkspaceConfiguration, name: string): string | undefined {
  return section.get<string>(name, "").trim() || undefined;
}
