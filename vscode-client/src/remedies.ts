import * as vscode from "vscode";

import { plainMessage } from "./literal";
import { isOutdated } from "./server/environment";
import type { Missing } from "./server/launch";
import type { Places } from "./server/serverCandidates";

/** A button of a notification, and what it does. */
interface Button extends vscode.MessageItem {
  command: [string, ...unknown[]];
}

const CREATE: Button = { title: "Create Environment", command: ["codeorigin.createEnvironment"] };
const UPDATE: Button = { ...CREATE, title: "Update" };
const SELECT: Button = { title: "Select Python", command: ["python.setInterpreter"] };
const SETTINGS: Button = { title: "Settings", command: ["workbench.action.openSettings", "codeorigin.server"] };
const LOGS: Button = { title: "Show Logs", command: ["codeorigin.showLogs"] };
const RESTART: Button = { title: "Restart", command: ["codeorigin.restart"] };

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
  if (places.wheel !== undefined && isOutdated(places.environment, places.wheel)) {
    const message = "CodeOrigin: the server in the extension's environment belongs to another version of the extension.";
    await ask(vscode.window.showInformationMessage(message, UPDATE));
  }
}

/** Says that a request needs the server, which is not running. */
export function offerRestart(): Promise<void> {
  return ask(vscode.window.showWarningMessage("CodeOrigin's server is not running.", RESTART, LOGS));
}

/** Shows why a command failed. */
export function offerLogs(reason: string): Promise<void> {
  return ask(vscode.window.showErrorMessage(`CodeOrigin: ${plainMessage(reason)}`, LOGS));
}

async function ask(question: Thenable<Button | undefined>): Promise<void> {
  const chosen = await question;
  if (chosen) {
    await vscode.commands.executeCommand(...chosen.command);
  }
}
