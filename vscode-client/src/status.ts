import * as vscode from "vscode";

import { DOCUMENT_SELECTOR, isScored } from "./languages";
import type { Status } from "./protocol";
import type { ServerControl } from "./server/control";

const NAME = "CodeOrigin";
const ACTIONS: vscode.Command = { command: "codeorigin.actions", title: "Actions" };

/** Shows the server's state in the language status and in the status bar. */
export class StatusView implements vscode.Disposable {
  private readonly language = vscode.languages.createLanguageStatusItem("codeorigin", DOCUMENT_SELECTOR);
  private readonly bar = vscode.window.createStatusBarItem("codeorigin", vscode.StatusBarAlignment.Right, 90);
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly control: ServerControl) {
    this.language.name = NAME;
    this.language.command = ACTIONS;
    this.bar.name = NAME;
    this.bar.command = ACTIONS.command;
    this.subscriptions = [
      control.onStatus(() => {
        this.show();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.show();
      }),
    ];
    this.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.language, this.bar).dispose();
  }

  private show(): void {
    const { status } = this.control;
    const text = TEXTS[status.state];
    const detail = status.message ?? status.modelId ?? "";
    this.language.text = text;
    this.language.detail = detail;
    this.language.busy = status.state === "loading" || status.state === "busy";
    this.language.severity =
      status.state === "error" ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
    const editor = vscode.window.activeTextEditor;
    this.bar.text = `${ICONS[status.state]} ${NAME}`;
    this.bar.tooltip = [`${NAME}: ${text}`, detail].filter(Boolean).join("\n");
    this.bar.accessibilityInformation = { label: `${NAME}: ${text}` };
    this.bar.backgroundColor =
      status.state === "error" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    if (status.state === "error" || (editor && isScored(editor.document))) {
      this.bar.show();
    } else {
      this.bar.hide();
    }
  }
}

const TEXTS: Record<Status["state"], string> = {
  loading: "Loading",
  ready: "Ready",
  busy: "Scoring",
  error: "Error",
};

const ICONS: Record<Status["state"], string> = {
  loading: "$(loading~spin)",
  ready: "$(pulse)",
  busy: "$(sync~spin)",
  error: "$(error)",
};
