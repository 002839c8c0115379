import * as vscode from "vscode";

import { plainMessage } from "./literal";
import type { Missing } from "./server/launch";
import { needsUpdate, type Places } from "./server/serverCandidates";

const CREATE = "Create Server Environment";
const SELECT = "Select Interpreter";
const SETTINGS = "Open Settings";
const LOGS = "Show Logs";

const COMMANDS: Record<string, [string, ...unknown[]]> = {
  [CREATE]: ["codeorigin.createEnvironment"],
  [SELECT]: ["python.setInterpreter"],
  [SETTINGS]: ["workbench.action.openSettings", "codeorigin.server"],
  [LOGS]: ["codeorigin.showLogs"],
};

/** Says what to do when no server was found. */
export async function offerRemedies(missing: Missing, places: Places): Promise<void> {
  if (missing.isConfigured) {
    const reason = missing.tried[0] ?? "";
    await ask(vscode.window.showErrorMessage(`CodeOrigin: the configured server does not work (${plainMessage(reason)}).`, SETTINGS, LOGS));
    return;
  }
  const offers = [
    ...(places.wheel ? [CREATE] : []),
    ...(vscode.extensions.getExtension("ms-python.python") ? [SELECT] : []),
    SETTINGS,
  ];
  const message =
    "CodeOrigin needs its server, which runs on Python 3.11 or newer. It can make an environment of its own for it, or use one where codeorigin is installed.";
  await ask(vscode.window.showWarningMessage(message, ...offers));
}

/** Offers to renew an environment that an earlier version of the extension created. */
export async function offerUpdate(places: Places): Promise<void> {
  if (needsUpdate(places)) {
    const message = "CodeOrigin: the server in the extension's environment belongs to another version of the extension.";
    const update = "Update";
    if ((await vscode.window.showInformationMessage(message, update)) === update) {
      await vscode.commands.executeCommand("codeorigin.createEnvironment");
    }
  }
}

async function ask(question: Thenable<string | undefined>): Promise<void> {
  const command = COMMANDS[(await question) ?? ""];
  if (command) {
    const [name, ...args] = command;
    await vscode.commands.executeCommand(name, ...args);
  }
}
