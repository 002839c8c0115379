import { copyFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as vscode from "vscode";

import { isScored } from "../languages";
import { during, tell } from "../messages";
import type { Services } from "../services";
import type { FunctionRow } from "../tree/rows";

/** The active editor, if its file is sent to the server; otherwise tells the user and returns undefined. */
export function scoredEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor && isScored(editor.document)) {
    return editor;
  }
  tell("open a file in a language that is scored first.");
  return undefined;
}

/** Opens code to try things on: a copy in a file, since a text without one counts as unsaved. */
export async function openSample({ places }: Services): Promise<void> {
  await mkdir(dirname(places.sampleCopy), { recursive: true });
  await copyFile(places.sample, places.sampleCopy);
  await vscode.window.showTextDocument(vscode.Uri.file(places.sampleCopy));
}

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

export async function rescoreSelection({ requests }: Services): Promise<void> {
  const editor = scoredEditor();
  if (editor) {
    const { message } = await requests.rescoreSelection(editor.document.uri, editor.selection);
    tell(message);
  }
}

/** Accepts the function in a row of the tree, or all that are reported in the active file. */
export async function acceptFindings({ requests }: Services, row?: FunctionRow): Promise<void> {
  let uri = row && vscode.Uri.parse(row.uri);
  if (uri) {
    await vscode.window.showTextDocument(uri);
  }
  uri ??= scoredEditor()?.document.uri;
  if (uri) {
    const { message } = await requests.acceptFindings(uri, row?.info.functionId ?? null);
    tell(message);
  }
}

/** Scores what the working tree changed and shows it in the view in Source Control. */
export async function scanChanges({ requests, changes }: Services): Promise<void> {
  const options = { location: { viewId: "codeorigin.changes" } };
  await changes.show(await vscode.window.withProgress(options, () => requests.scanChanges()));
}

export async function toggleHeatMap({ heatMap }: Services): Promise<void> {
  const editor = scoredEditor();
  if (editor) {
    await during("Computing the line heat map", () => heatMap.toggle(editor));
  }
}

export async function toggleDeclared({ declared }: Services): Promise<void> {
  const editor = scoredEditor();
  if (editor) {
    tell(await during("Reading what is declared", () => declared.toggle(editor)));
  }
}
