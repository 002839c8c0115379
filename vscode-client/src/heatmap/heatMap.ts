import * as vscode from "vscode";

import { onEdit } from "../edits";
import type { Requests } from "../server/requests";
import { seen } from "../walkthrough";
import type { Decorations } from "./decorations";
import { Painting } from "./levels";

const SCROLL_DELAY = 150;

/** The heat map of one document; removed by the first edit. */
interface Shown {
  painting: Painting;
  cancel: vscode.CancellationTokenSource;
}

/** The heat map: shows the evidence of the visible lines as backgrounds; toggled by the user, cleared by an edit. */
export class HeatMap implements vscode.Disposable {
  private readonly paintings = new Map<string, Shown>();
  private readonly subscriptions: vscode.Disposable[];
  private scrolled: NodeJS.Timeout | undefined;

  constructor(
    private readonly requests: Requests,
    private readonly decorations: Decorations,
  ) {
    this.subscriptions = [
      onEdit(({ uri }) => this.clear(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.clear(uri)),
      vscode.window.onDidChangeVisibleTextEditors(() => this.later()),
      vscode.window.onDidChangeTextEditorVisibleRanges(() => this.later()),
    ];
  }

  isOn(uri: vscode.Uri): boolean {
    return this.paintings.has(uri.toString());
  }

  async toggle(editor: vscode.TextEditor): Promise<void> {
    const { uri } = editor.document;
    if (this.isOn(uri)) {
      this.clear(uri);
      return;
    }
    const cancel = new vscode.CancellationTokenSource();
    this.paintings.set(uri.toString(), { painting: new Painting(), cancel });
    try {
      await this.fill(editor);
      seen("heatMap");
    } catch (error) {
      this.clear(uri);
      throw error;
    }
  }

  /** Removes all heat maps, for example after a restart of the server. */
  clearAll(): void {
    for (const key of [...this.paintings.keys()]) {
      this.clear(vscode.Uri.parse(key));
    }
  }

  dispose(): void {
    clearTimeout(this.scrolled);
    this.clearAll();
    vscode.Disposable.from(...this.subscriptions, this.decorations).dispose();
  }

  private clear(uri: vscode.Uri): void {
    const shown = this.paintings.get(uri.toString());
    if (!shown) {
      return;
    }
    this.paintings.delete(uri.toString());
    shown.cancel.cancel();
    shown.cancel.dispose();
    for (const editor of editorsOf(uri)) {
      this.decorations.apply(editor, new Map());
    }
  }

  /** Requests the visible lines that were not requested yet, then paints. */
  private async fill(editor: vscode.TextEditor): Promise<void> {
    const { document } = editor;
    const shown = this.paintings.get(document.uri.toString());
    if (!shown) {
      return;
    }
    const { painting, cancel } = shown;
    for (const visible of editor.visibleRanges) {
      const lines = new vscode.Range(visible.start.line, 0, visible.end.line + 1, 0);
      await painting.fill(lines.start.line, lines.end.line, async () => {
        const answer = await this.requests.attributions(document, lines, cancel.token);
        return answer?.version === document.version ? answer : null;
      });
      if (this.paintings.get(document.uri.toString()) !== shown) {
        return; // switched off, or edited meanwhile
      }
    }
    for (const each of editorsOf(document.uri)) {
      this.decorations.apply(each, painting.lines);
    }
  }

  /** Scrolling and new editors come in bursts. */
  private later(): void {
    if (this.paintings.size === 0) {
      return;
    }
    clearTimeout(this.scrolled);
    this.scrolled = setTimeout(() => {
      for (const editor of vscode.window.visibleTextEditors) {
        this.fill(editor).catch(() => undefined); // a later scroll or the next toggle asks again
      }
    }, SCROLL_DELAY);
  }
}

function editorsOf(uri: vscode.Uri): vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === uri.toString());
}
