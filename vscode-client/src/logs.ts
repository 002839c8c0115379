import * as vscode from "vscode";

/** The output logs: the log of extension and server, and the protocol trace. */
export class Logs implements vscode.Disposable {
  readonly log = vscode.window.createOutputChannel("CodeOrigin", { log: true });
  readonly trace = vscode.window.createOutputChannel("CodeOrigin Trace", { log: true });

  dispose(): void {
    vscode.Disposable.from(this.log, this.trace).dispose();
  }
}
