import * as vscode from "vscode";

/** Calls back when the text of a document has changed; VS Code also tells of changes without any. */
export function onEdit(edited: (document: vscode.TextDocument) => void): vscode.Disposable {
  return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) {
      edited(document);
    }
  });
}
