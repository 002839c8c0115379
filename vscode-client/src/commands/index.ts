import * as vscode from "vscode";

import { offerLogs } from "../remedies";
import type { Services } from "../services";
import { NotRunning } from "../server/requests";
import { showActions } from "./actions";
import { createServerEnvironment } from "./createEnvironment";
import {
  acceptFindings,
  explainFunction,
  openSample,
  rescoreSelection,
  scanChanges,
  toggleDeclared,
  toggleHeatMap,
} from "./functions";
import { openReport } from "./openReport";

type Command = (services: Services, ...args: never[]) => unknown;

/** Command ids of the palette; the language client registers the server's own commands. */
export const COMMANDS: Record<string, Command> = {
  "codeorigin.rescoreSelection": rescoreSelection,
  "codeorigin.explainFunction": explainFunction,
  "codeorigin.toggleHeatMap": toggleHeatMap,
  "codeorigin.toggleDeclared": toggleDeclared,
  "codeorigin.scanChangedFunctions": scanChanges,
  "codeorigin.openReport": openReport,
  "codeorigin.accept": acceptFindings,
  "codeorigin.openSample": openSample,
  "codeorigin.createEnvironment": createServerEnvironment,
  "codeorigin.actions": showActions,
  "codeorigin.restart": ({ control }) => control.restart(),
  "codeorigin.showLogs": ({ log }) => log.show(true),
};

export function registerCommands(services: Services): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([name, command]) =>
    vscode.commands.registerCommand(name, async (...args: never[]) => {
      try {
        return await command(services, ...args);
      } catch (error) {
        report(services, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function report({ log }: Services, error: unknown): void {
  if (error instanceof NotRunning || error instanceof vscode.CancellationError) {
    return; // the user knows
  }
  const message = error instanceof Error ? error.message : String(error);
  log.error(error instanceof Error ? error : message);
  void offerLogs(message);
}
