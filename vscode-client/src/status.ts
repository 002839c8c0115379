import * as vscode from "vscode";

import { isScored } from "./languages";
import { plainMessage } from "./literal";
import type { Status } from "./protocol";
import type { ServerControl } from "./server/control";

const NAME = "CodeOrigin";

/** Shows in the status bar what is known of the document, and the server's state. */
export class StatusView implements vscode.Disposable {
  private readonly bar = vscode.window.createStatusBarItem("codeorigin", vscode.StatusBarAlignment.Right, 90);
  private readonly documents = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly control: ServerControl) {
    this.bar.name = NAME;
    this.bar.command = "codeorigin.actions";
    this.subscriptions = [
      control.onStatus(({ state }) => {
        if (state === "loading") {
          this.documents.clear();
        }
        this.show();
      }),
      control.onDocumentStatus(({ uri, text }) => {
        this.documents.set(vscode.Uri.parse(uri).toString(), plainMessage(text));
        this.show();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.documents.delete(uri.toString())),
      vscode.workspace.onDidCloseNotebookDocument(({ uri }) => this.documents.delete(uri.toString())),
      vscode.window.onDidChangeActiveTextEditor(() => this.show()),
      vscode.window.onDidChangeActiveNotebookEditor(() => this.show()),
    ];
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.bar).dispose();
  }

  private show(): void {
    const { status } = this.control;
    const editor = vscode.window.activeTextEditor;
    const uri = vscode.window.activeNotebookEditor?.notebook.uri ?? editor?.document.uri;
    const known = uri && status.state !== "error" ? this.documents.get(uri.toString()) : undefined;
    const { icon, name } = STATES[status.state];
    const text = known ?? name;
    const detail = status.message ?? status.modelId ?? "";
    this.bar.text = `${icon} ${NAME}${known === undefined ? "" : `: ${known}`}`;
    this.bar.tooltip = [`${NAME}: ${text}`, detail].filter(Boolean).join("\n");
    this.bar.accessibilityInformation = { label: `${NAME}: ${text}` };
    this.bar.backgroundColor =
      status.state === "error" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    if (status.state === "error" || known !== undefined || (editor && isScored(editor.document))) {
      this.bar.show();
    } else {
      this.bar.hide();
    }
  }
}

const STATES: Record<Status["state"], { icon: string; name: string }> = {
  loading: { icon: "$(loading~spin)", name: "Loading" },
  ready: { icon: "$(pulse)", name: "Ready" },
  busy: { icon: "$(sync~spin)", name: "Scoring" },
  error: { icon: "$(error)", name: "Error" },
};
