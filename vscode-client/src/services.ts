import type { LogOutputChannel } from "vscode";

import type { DeclaredLines } from "./declared/declaredLines";
import type { HeatMap } from "./heatmap/heatMap";
import type { ExplanationPanel } from "./panel/panel";
import type { ServerControl } from "./server/control";
import type { Requests } from "./server/requests";
import type { Places } from "./server/serverCandidates";
import type { FunctionTree } from "./tree/view";

/** The services that the commands use. */
export interface Services {
  log: LogOutputChannel;
  control: ServerControl;
  declared: DeclaredLines;
  heatMap: HeatMap;
  panel: ExplanationPanel;
  places: Places;
  requests: Requests;
  changes: FunctionTree;
}
