import * as vscode from "vscode";

import { RefreshWhileVisible, type View } from "../refreshWhileVisible";
import { onEdit } from "../edits";
import { followRepositories } from "../git/repositories";
import { isScored } from "../languages";
import { plainMessage } from "../literal";
import type { Declared } from "../protocol";
import type { Requests } from "../server/requests";
import { colorOf, type Kind, KINDS, kindOf } from "./kinds";

/** What is declared about the lines of all visible editors: a bar before each, and a label where a run of lines begins. */
export class DeclaredLines implements View, vscode.Disposable {
  visible = false;
  private readonly turned = new vscode.EventEmitter<undefined>();
  readonly onDidChangeVisibility = this.turned.event;
  private readonly bars = new Map(KINDS.map((kind) => [kind, bar(kind)]));
  private readonly labels = vscode.window.createTextEditorDecorationType({});
  private readonly following: RefreshWhileVisible;

  constructor(
    private readonly requests: Requests,
    failed: (error: unknown) => void,
  ) {
    this.following = new RefreshWhileVisible(this, follow, () => this.refresh().catch(failed));
  }

  /** Returns what to tell the user if nothing is declared about the document. */
  async toggle({ document }: vscode.TextEditor): Promise<string | undefined> {
    this.visible = !this.visible;
    this.turned.fire(undefined);
    if (!this.visible) {
      vscode.window.visibleTextEditors.forEach((editor) => this.paint(editor, []));
      return undefined;
    }
    const answer = await this.show(document);
    if (answer === null) {
      return "this file is in no repository whose records can be read.";
    }
    return answer.runs.length === 0 ? answer.message : undefined;
  }

  dispose(): void {
    this.following.dispose();
    vscode.Disposable.from(this.turned, this.labels, ...this.bars.values()).dispose();
  }

  private async refresh(): Promise<void> {
    const documents = new Set(vscode.window.visibleTextEditors.map(({ document }) => document));
    await Promise.all([...documents].filter(isScored).map((each) => this.show(each)));
  }

  private async show(document: vscode.TextDocument): Promise<Declared | null> {
    const answer = await this.requests.declared(document);
    // After an edit the next refresh asks again; until then, VS Code moves the old marks with the text.
    if (this.visible && (answer === null || answer.version === document.version)) {
      for (const editor of vscode.window.visibleTextEditors.filter((each) => each.document === document)) {
        this.paint(editor, answer?.runs ?? []);
      }
    }
    return answer;
  }

  private paint(editor: vscode.TextEditor, runs: Declared["runs"]): void {
    for (const [kind, type] of this.bars) {
      const marked = runs.filter(({ record }) => kindOf(record) === kind);
      editor.setDecorations(
        type,
        marked.map(({ first, last, label }) => ({
          range: new vscode.Range(first, 0, last, editor.document.lineAt(last).text.length),
          hoverMessage: new vscode.MarkdownString().appendText(plainMessage(`Declared: ${label}`)),
        })),
      );
    }
    editor.setDecorations(
      this.labels,
      runs.map(({ first, last, label, record }) => ({
        range: labelled(editor.document, first, last).range,
        renderOptions: {
          after: { contentText: plainMessage(label), margin: "0 0 0 3ch", color: new vscode.ThemeColor(colorOf(kindOf(record))) },
        },
      })),
    );
  }
}

/** The first of a run's lines of at most 60 characters, behind which a label is still in the window; else the first. */
function labelled(document: vscode.TextDocument, first: number, last: number): vscode.TextLine {
  const lines = Array.from({ length: last - first + 1 }, (_, place) => document.lineAt(first + place));
  return lines.find(({ text }) => text.length <= 60) ?? document.lineAt(first);
}

function bar(kind: Kind): vscode.TextEditorDecorationType {
  const color = new vscode.ThemeColor(colorOf(kind));
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderColor: color,
    borderStyle: kind === "stale" ? "dashed" : kind === "untracked" ? "dotted" : "solid",
    borderWidth: "0 0 0 2px",
    overviewRulerColor: color,
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
}

/** Everything after which something else may be declared of what is seen. */
function follow(changed: () => void): vscode.Disposable {
  // The git extension tells of HEAD and of fetches, but not of notes.
  const notes = vscode.workspace.createFileSystemWatcher("**/.git/refs/notes/**");
  return vscode.Disposable.from(
    followRepositories(changed),
    notes,
    notes.onDidChange(changed),
    notes.onDidCreate(changed),
    notes.onDidDelete(changed),
    onEdit(changed),
    vscode.window.onDidChangeVisibleTextEditors(changed),
    vscode.window.onDidChangeWindowState(changed),
  );
}
