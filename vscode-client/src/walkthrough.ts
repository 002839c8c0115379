import * as vscode from "vscode";

type Step = "server" | "finding" | "explanation" | "heatMap" | "changes";

const told = new Set<Step>();

/** Ticks a step of the walkthrough, since what it shows was seen. */
export function seen(step: Step): void {
  told.add(step);
  tick(step);
}

/** Milliseconds after a walkthrough was opened by which VS Code has read its steps; it gives itself five seconds. */
const READ_MS = 6000;

/**
 * Ticks again what was seen before, whenever tabs change: one may be the walkthrough.
 *
 * VS Code reads the steps of a walkthrough when it first opens one, and knows nothing of what was ticked before.
 */
export function tickAgain(): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const tickAll = () => told.forEach(tick);
  const tabs = vscode.window.tabGroups.onDidChangeTabs(() => {
    tickAll();
    clearTimeout(timer);
    timer = setTimeout(tickAll, READ_MS);
  });
  return vscode.Disposable.from(tabs, { dispose: () => clearTimeout(timer) });
}

/**
 * Gives a step's key two values for a moment each; either ticks the step.
 *
 * VS Code ignores for good the value that a key has while it reads the steps, so that one value alone would not do.
 */
function tick(step: Step): void {
  void (async () => {
    for (const value of ["once", "again", false]) {
      await setContext(`codeorigin.seen.${step}`, value);
    }
  })();
}

/** Sets a key that conditions in package.json can ask for. */
export function setContext(key: string, value: boolean | string): Thenable<unknown> {
  return vscode.commands.executeCommand("setContext", key, value);
}
