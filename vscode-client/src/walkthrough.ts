import * as vscode from "vscode";

/**
 * Ticks a step of the walkthrough once what it shows has been seen.
 *
 * The key is set for a moment only: VS Code never ticks a step whose key was set before it first opened a walkthrough.
 */
export function seen(step: "server" | "finding" | "explanation" | "heatMap" | "changes"): void {
  const key = `codeorigin.seen.${step}`;
  void setContext(key, true).then(() => setContext(key, false));
}

/** Sets a key that conditions in package.json can ask for. */
export function setContext(key: string, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand("setContext", key, value);
}
