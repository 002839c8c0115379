import * as vscode from "vscode";

import type { Services } from "../services";
import { scoredEditor } from "./editor";

export async function rescoreSelection({ requests }: Services): Promise<void> {
  const editor = scoredEditor();
  if (!editor) {
    return;
  }
  const { message } = await requests.rescoreSelection(editor.document.uri, editor.selection);
  void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
}

export async function rescoreFile({ requests }: Services): Promise<void> {
  const editor = scoredEditor();
  if (!editor) {
    return;
  }
  const { message } = await requests.rescoreDocument(editor.document.uri);
  void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
}
