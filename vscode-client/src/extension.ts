import * as vscode from "vscode";

import { Channels } from "./channels";
import { registerCommands } from "./commands";
import { DeclaredLines } from "./declared/declaredLines";
import { Following } from "./following";
import { followRepositories } from "./git/repositories";
import { offerRemedies, offerUpdate } from "./missingServer";
import { Decorations } from "./heatmap/decorations";
import { HeatMap } from "./heatmap/heatMap";
import { createMiddleware } from "./middleware";
import { ExplanationPanel } from "./panel/panel";
import type { Status } from "./protocol";
import { ScanProgress } from "./scanProgress";
import { ServerControl } from "./server/control";
import { onInterpreterChange } from "./server/pythonExtension";
import { Requests } from "./server/requests";
import { placesOf, sourcesOf } from "./server/sources";
import { NEED_RESTART } from "./settings";
import { StatusView } from "./status";
import { CHANGES, FunctionTree } from "./tree/view";

/** For other extensions and for tests. */
export interface Api {
  readonly status: Status;
  readonly onStatus: vscode.Event<Status>;
}

let control: ServerControl | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const channels = new Channels();
  const places = placesOf(context);
  const scanProgress = new ScanProgress();
  const middleware = createMiddleware(() => panel, scanProgress);
  const server = new ServerControl(channels, () => sourcesOf(places), middleware);
  const requests = new Requests(server);
  const panel = new ExplanationPanel(requests);
  const heatMap = new HeatMap(requests, new Decorations(context));
  const warn = (error: unknown): void => {
    channels.log.warn(String(error));
  };
  const declared = new DeclaredLines(requests, warn);
  const tree = new FunctionTree();
  const changes = new FunctionTree(CHANGES);
  control = server;

  context.subscriptions.push(
    channels,
    server,
    panel,
    heatMap,
    declared,
    tree,
    changes,
    new Following(changes, followRepositories, async () => {
      await requests.scanChanges().then((scan) => changes.update(scan)).catch(warn);
    }),
    new StatusView(server),
    registerCommands({ channels, control: server, declared, heatMap, panel, places, requests, scanProgress, tree, changes }),
    server.onMissing((missing) => void offerRemedies(missing, places)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (NEED_RESTART.some((name) => change.affectsConfiguration(name))) {
        void server.restart();
      }
    }),
  );
  void start(context, server, places);
  return {
    get status() {
      return server.status;
    },
    onStatus: server.onStatus,
  };
}

export function deactivate(): Promise<void> | undefined {
  return control?.stop();
}

/** Runs in the background, so that activation is instant. */
async function start(
  context: vscode.ExtensionContext,
  server: ServerControl,
  places: ReturnType<typeof placesOf>,
): Promise<void> {
  await server.restart();
  void offerUpdate(places);
  const listener = await onInterpreterChange(() => {
    const origin = server.found?.launch.origin;
    if (origin === undefined || origin === "Python extension" || origin === "PATH" || origin === "own environment") {
      void server.restart();
    }
  });
  if (listener) {
    context.subscriptions.push(listener);
  }
}
