import * as vscode from "vscode";

import { isScored } from "../languages";
import { documentKinds } from "../settings";

/** The active editor, if its file is sent to the server; otherwise tells the user and returns undefined. */
export function scoredEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor && isScored(editor.document, documentKinds())) {
    return editor;
  }
  void vscode.window.showInformationMessage("CodeOrigin: open a file in a language that is scored first.");
  return undefined;
}
