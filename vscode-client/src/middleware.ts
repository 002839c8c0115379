import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";

import type { ExplanationPanel } from "./panel/panel";
import { type Position, ServerCommand } from "./protocol";
import { seen } from "./walkthrough";

/** "Explain" in code actions and lenses opens the panel. */
export function createMiddleware(panel: () => ExplanationPanel): Middleware {
  return {
    provideHover: async (document, position, cancel, next) => {
      const hover = await next(document, position, cancel);
      if (hover) {
        seen("finding");
      }
      return hover;
    },
    executeCommand: (command, args: unknown[], next) => {
      if (command !== ServerCommand.explain) {
        return next(command, args) as unknown;
      }
      const [uri, position] = args as [string, Position];
      return panel().explain(vscode.Uri.parse(uri), position);
    },
  };
}
