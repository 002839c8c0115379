import * as vscode from "vscode";

import type { Services } from "../services";
import { scoredEditor } from "./editor";

export async function toggleHeatMap({ heatMap }: Services): Promise<void> {
  const editor = scoredEditor();
  if (editor) {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: "Computing the line heat map" },
      () => heatMap.toggle(editor),
    );
  }
}
