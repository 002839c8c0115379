import * as vscode from "vscode";

import { isScored } from "../languages";
import { documentKinds } from "../settings";

/** The editor whose file the server reads; undefined, after a word to the user, if there is none. */
export function scoredEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor && isScored(editor.document, documentKinds())) {
    return editor;
  }
  void vscode.window.showInformationMessage("CodeOrigin: open a file in a language that is scored first.");
  return undefined;
}
