import * as vscode from "vscode";

import type { Scan } from "../protocol";
import type { FunctionTree } from "./view";

/** Milliseconds without another save or turn of the view before it is filled again. */
const QUIET_MS = 500;

/** Keeps the view of changes up to date while somebody sees it: when it is opened, and when a file was saved. */
export class ChangesRefresh implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tree: FunctionTree,
    private readonly scan: () => Promise<Scan>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.listeners = [
      tree.onDidChangeVisibility(() => {
        this.soon();
      }),
      vscode.workspace.onDidSaveTextDocument(() => {
        this.soon();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.listeners).dispose();
  }

  private soon(): void {
    clearTimeout(this.timer);
    if (this.tree.visible) {
      this.timer = setTimeout(() => {
        void this.refresh();
      }, QUIET_MS);
    }
  }

  private async refresh(): Promise<void> {
    try {
      await this.tree.update(await this.scan());
    } catch (error) {
      this.failed(error);
    }
  }
}
