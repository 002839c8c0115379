import * as vscode from "vscode";

import type { Services } from "../services";

interface Action extends vscode.QuickPickItem {
  command?: string;
}

/** The menu of the status bar item. */
export async function showActions({ control, declared, heatMap }: Services): Promise<void> {
  const { state, message, modelId } = control.status;
  const uri = vscode.window.activeTextEditor?.document.uri;
  const isOn = uri !== undefined && heatMap.isOn(uri);
  const actions: Action[] = [
    { label: "$(question) Explain Function", command: "codeorigin.explainFunction" },
    { label: `$(flame) ${isOn ? "Hide" : "Show"} Line Heat Map`, command: "codeorigin.toggleHeatMap" },
    { label: `$(git-commit) ${declared.visible ? "Hide" : "Show"} Declared Lines`, command: "codeorigin.toggleDeclared" },
    { label: "$(list-selection) Rescore Selection", command: "codeorigin.rescoreSelection" },
    { label: "$(search) Scan Changes", command: "codeorigin.scanChangedFunctions" },
    { label: "$(file) Open Report", command: "codeorigin.openReport" },
    { label: "$(pass) Accept Findings", command: "codeorigin.accept" },
    { label: "Server", kind: vscode.QuickPickItemKind.Separator },
    { label: "$(output) Show Logs", command: "codeorigin.showLogs" },
    { label: "$(debug-restart) Restart Server", command: "codeorigin.restart" },
    ...(control.found ? [] : [{ label: "$(tools) Create Server Environment", command: "codeorigin.createEnvironment" }]),
  ];
  const chosen = await vscode.window.showQuickPick(actions, {
    title: `CodeOrigin: ${message ?? modelId ?? state}`,
    placeHolder: "What would you like to do?",
  });
  if (chosen?.command) {
    await vscode.commands.executeCommand(chosen.command);
  }
}
