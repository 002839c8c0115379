import * as vscode from "vscode";

import type { Parts } from "../parts";
import { scoredEditor } from "./editor";

export async function toggleHeatMap({ heatMap }: Parts): Promise<void> {
  const editor = scoredEditor();
  if (editor) {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: "Computing the line heat map" },
      () => heatMap.toggle(editor),
    );
  }
}
