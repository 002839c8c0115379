import * as vscode from "vscode";

/** Ticks a step of the walkthrough once what it shows has been seen. */
export function seen(step: "finding" | "explanation" | "heatMap" | "changes"): void {
  void vscode.commands.executeCommand("setContext", `codeorigin.seen.${step}`, true);
}
