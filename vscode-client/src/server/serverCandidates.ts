import * as vscode from "vscode";

import { ownSettings } from "../settings";
import { bundledWheel, interpreterIn } from "./environment";
import type { Candidates } from "./launch";
import { selectedInterpreter } from "./pythonExtension";

/** The folders of this installation. */
export interface Places {
  environment: string;
  wheel: string | undefined;
  /** Code whose functions are findings. */
  sample: string;
  /** Where it is opened. */
  sampleCopy: string;
}

export function placesOf(context: vscode.ExtensionContext): Places {
  return {
    environment: vscode.Uri.joinPath(context.globalStorageUri, "server").fsPath,
    wheel: bundledWheel(context.asAbsolutePath("bundled")),
    sample: context.asAbsolutePath("dist/sample.go"),
    sampleCopy: vscode.Uri.joinPath(context.globalStorageUri, "sample.go").fsPath,
  };
}

export function candidatesOf(places: Places): Candidates {
  const { path, interpreter } = ownSettings();
  return { path, interpreter, selected: selectedInterpreter, managed: interpreterIn(places.environment) };
}
