import * as vscode from "vscode";

type Step = "server" | "finding" | "explanation" | "heatMap" | "changes";

const told = new Set<Step>();

/** Ticks a step of the walkthrough, since what it shows was seen. */
export function seen(step: Step): void {
  told.add(step);
  tick(step);
}

/**
 * Ticks again what was seen before, whenever tabs change: one may be the walkthrough.
 *
 * VS Code reads the steps of a walkthrough when it first opens one, and knows nothing of what was ticked before.
 */
export function tickAgain(): vscode.Disposable {
  return vscode.window.tabGroups.onDidChangeTabs(() => told.forEach(tick));
}

/** Sets a step's key for a moment only: VS Code never ticks a step whose key was set when it read the steps. */
function tick(step: Step): void {
  const key = `codeorigin.seen.${step}`;
  void setContext(key, true).then(() => setContext(key, false));
}

/** Sets a key that conditions in package.json can ask for. */
export function setContext(key: string, value: boolean): Thenable<unknown> {
  return vscode.commands.executeCommand("setContext", key, value);
}
