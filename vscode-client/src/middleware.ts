import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

import type { ExplanationPanel } from "./panel/panel";
import { type Position, ServerCommand } from "./protocol";
import type { ScanProgress } from "./scanProgress";

/** "Explain" in code actions and lenses opens the panel; the progress of a scan is shown where it can be cancelled. */
export function createMiddleware(panel: () => ExplanationPanel, progress: ScanProgress): Middleware {
  return {
    handleWorkDoneProgress: progress.handle,
    executeCommand: (command, args: unknown[], next) => {
      if (command !== ServerCommand.explain) {
        return next(command, args) as unknown;
      }
      const [uri, position] = args as [string, Position];
      return panel().explain(vscode.Uri.parse(uri), position);
    },
  };
}
