import * as vscode from "vscode";

import type { Parts } from "../parts";
import { scoredEditor } from "./editor";

export async function rescoreSelection({ requests }: Parts): Promise<void> {
  const editor = scoredEditor();
  if (!editor) {
    return;
  }
  const { message } = await requests.rescoreSelection(editor.document.uri, editor.selection);
  void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
}

export async function rescoreFile({ requests }: Parts): Promise<void> {
  const editor = scoredEditor();
  if (!editor) {
    return;
  }
  const { message } = await requests.rescoreDocument(editor.document.uri);
  void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
}
