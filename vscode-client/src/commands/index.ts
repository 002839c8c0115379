import * as vscode from "vscode";

import type { Parts } from "../parts";
import { NotRunning } from "../server/requests";
import { acceptInBaseline } from "./acceptInBaseline";
import { showActions } from "./actions";
import { createServerEnvironment } from "./createEnvironment";
import { explainFunction } from "./explain";
import { openReport } from "./openReport";
import { rescoreFile, rescoreSelection } from "./rescore";
import { scanWorkspace } from "./scan";
import { toggleHeatMap } from "./toggleHeatMap";

type Command = (parts: Parts, ...args: never[]) => unknown;

/** Names of the palette; those of the server's own commands belong to the language client. */
export const COMMANDS: Record<string, Command> = {
  "codeorigin.rescoreSelection": rescoreSelection,
  "codeorigin.rescoreFile": rescoreFile,
  "codeorigin.explainFunction": explainFunction,
  "codeorigin.toggleHeatMap": toggleHeatMap,
  "codeorigin.showHeatMap": toggleHeatMap,
  "codeorigin.hideHeatMap": toggleHeatMap,
  "codeorigin.scan": scanWorkspace,
  "codeorigin.openReport": openReport,
  "codeorigin.acceptInBaseline": acceptInBaseline,
  "codeorigin.createEnvironment": createServerEnvironment,
  "codeorigin.actions": showActions,
  "codeorigin.restart": ({ control }) => control.restart(),
  "codeorigin.showLogs": ({ channels }) => {
    channels.show();
  },
};

export function registerCommands(parts: Parts): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([name, command]) =>
    vscode.commands.registerCommand(name, async (...args: never[]) => {
      try {
        return await command(parts, ...args);
      } catch (error) {
        report(parts, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function report({ channels }: Parts, error: unknown): void {
  if (error instanceof NotRunning || error instanceof vscode.CancellationError) {
    return; // the user knows
  }
  const message = error instanceof Error ? error.message : String(error);
  channels.log.error(error instanceof Error ? error : message);
  void vscode.window.showErrorMessage(`CodeOrigin: ${message}`, "Show Logs").then((chosen) => {
    if (chosen) {
      channels.show();
    }
  });
}
