import type { Channels } from "./channels";
import type { DeclaredLines } from "./declared/declaredLines";
import type { HeatMap } from "./heatmap/heatMap";
import type { ExplanationPanel } from "./panel/panel";
import type { ScanProgress } from "./scanProgress";
import type { ServerControl } from "./server/control";
import type { Requests } from "./server/requests";
import type { Places } from "./server/sources";
import type { FunctionTree } from "./tree/view";

/** The services that the commands use. */
export interface Services {
  channels: Channels;
  control: ServerControl;
  declared: DeclaredLines;
  heatMap: HeatMap;
  panel: ExplanationPanel;
  places: Places;
  requests: Requests;
  scanProgress: ScanProgress;
  tree: FunctionTree;
  changes: FunctionTree;
}
