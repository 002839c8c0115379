import * as vscode from "vscode";

import { registerCommands } from "./commands";
import { DeclaredLines } from "./declared/declaredLines";
import { RefreshWhileVisible } from "./refreshWhileVisible";
import { followRepositories } from "./git/repositories";
import { offerRemedies, offerUpdate } from "./remedies";
import { Decorations } from "./heatmap/decorations";
import { HeatMap } from "./heatmap/heatMap";
import { createMiddleware } from "./middleware";
import { ExplanationPanel } from "./panel/panel";
import type { Status } from "./protocol";
import { ServerControl } from "./server/control";
import { onInterpreterChange } from "./server/pythonExtension";
import { Requests } from "./server/requests";
import { candidatesOf, type Places, placesOf } from "./server/serverCandidates";
import { NEED_RESTART } from "./settings";
import { StatusView } from "./status";
import { FunctionTree } from "./tree/view";
import { seen, setContext, tickAgain } from "./walkthrough";

/** For other extensions and for tests. */
export interface Api {
  readonly status: Status;
  readonly onStatus: vscode.Event<Status>;
}

let control: ServerControl | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("CodeOrigin", { log: true });
  const places = placesOf(context);
  const middleware = createMiddleware(() => panel);
  const server = new ServerControl(log, () => candidatesOf(places), middleware);
  const requests = new Requests(server);
  const panel = new ExplanationPanel(requests);
  const heatMap = new HeatMap(requests, new Decorations(context));
  const warn = (error: unknown): void => log.warn(String(error));
  const declared = new DeclaredLines(requests, warn);
  const changes = new FunctionTree();
  control = server;

  context.subscriptions.push(
    log,
    server,
    panel,
    heatMap,
    declared,
    changes,
    new RefreshWhileVisible(changes.view, followRepositories, () =>
      requests
        .scanChanges()
        .then((scan) => changes.update(scan))
        .catch(warn),
    ),
    new StatusView(server),
    tickAgain(),
    // What an earlier server said may differ from what the next one says.
    server.onStatus(({ state }) => {
      if (state === "ready") {
        seen("server");
        void setContext("codeorigin.running", true);
      }
      if (state === "loading") {
        heatMap.clearAll();
      }
    }),
    registerCommands({ log, control: server, declared, heatMap, panel, places, requests, changes }),
    server.onMissing((missing) => void offerRemedies(missing, places)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(NEED_RESTART)) {
        void server.restart();
      }
    }),
  );
  void start(context, server, places);
  return server;
}

export function deactivate(): Promise<void> | undefined {
  return control?.stop();
}

/** Runs in the background, so that activation is instant. */
async function start(context: vscode.ExtensionContext, server: ServerControl, places: Places): Promise<void> {
  await server.restart();
  void offerUpdate(places);
  const listener = await onInterpreterChange(() => {
    if (!server.found?.launch.origin.endsWith("setting")) {
      void server.restart();
    }
  });
  if (listener) {
    context.subscriptions.push(listener);
  }
}
