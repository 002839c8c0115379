import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import { onEdit } from "../edits";
import { plainMessage } from "../literal";
import { during, tell } from "../messages";
import { type ExplainedFunction, isExplained, type Position } from "../protocol";
import type { Requests } from "../server/requests";
import { seen } from "../walkthrough";
import { render } from "./html";

interface Message {
  kind: "reveal" | "again";
  line?: number;
}

interface Shown {
  uri: vscode.Uri;
  explained: ExplainedFunction;
}

/** A panel beside the editor with the explanation of a function; a new explanation replaces the old one. */
export class ExplanationPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private shown: Shown | undefined;
  private readonly edits: vscode.Disposable;

  constructor(private readonly requests: Requests) {
    this.edits = onEdit(({ uri }) => {
      if (uri.toString() === this.shown?.uri.toString()) {
        void this.panel?.webview.postMessage({ kind: "stale" });
      }
    });
  }

  /** Explains the function at a position, and shows it. */
  async explain(uri: vscode.Uri, position: Position): Promise<void> {
    const answer = await during("Explaining a function", () => this.requests.explain(uri, position));
    if (!isExplained(answer)) {
      tell(answer.message);
      return;
    }
    await this.show({ uri, explained: answer });
  }

  dispose(): void {
    this.edits.dispose();
    this.panel?.dispose();
  }

  private async show(shown: Shown): Promise<void> {
    const document = await vscode.workspace.openTextDocument(shown.uri);
    const { explained } = shown;
    this.shown = shown;
    const panel = (this.panel ??= this.create());
    panel.title = `CodeOrigin: ${plainMessage(explained.name)}`;
    panel.webview.html = render({
      explained,
      file: vscode.workspace.asRelativePath(shown.uri),
      textOf: (line) => (line < document.lineCount ? document.lineAt(line).text : ""),
      nonce: randomBytes(16).toString("base64url"),
    });
    panel.reveal(undefined, true);
    seen("explanation");
  }

  private create(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel(
      "codeorigin.explanation",
      "CodeOrigin",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      // The nonce in the page's policy allows only its own script.
      { enableScripts: true, localResourceRoots: [] },
    );
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.shown = undefined;
    });
    panel.webview.onDidReceiveMessage((message: Message) => this.receive(message));
    return panel;
  }

  private async receive({ kind, line }: Message): Promise<void> {
    if (!this.shown) {
      return;
    }
    const { uri, explained } = this.shown;
    if (kind === "again") {
      await this.explain(uri, explained.headerRange.start);
    } else if (typeof line === "number") {
      const place = new vscode.Range(line, 0, line, 0);
      await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, selection: place });
    }
  }
}
