import * as vscode from "vscode";

import type { Services } from "../services";
import type { FunctionRow } from "../tree/rows";
import { scoredEditor } from "./editor";

/** Explains the function at the caret or the one in a row of the tree. */
export async function explainFunction({ panel }: Services, row?: FunctionRow): Promise<void> {
  if (row) {
    const uri = vscode.Uri.parse(row.uri);
    await vscode.window.showTextDocument(uri, { preserveFocus: true, viewColumn: vscode.ViewColumn.One });
    await panel.explain(uri, row.info.headerRange.start);
    return;
  }
  const editor = scoredEditor();
  if (editor) {
    await panel.explain(editor.document.uri, editor.selection.active);
  }
}
