import * as vscode from "vscode";

/** Says one line to the user, if there is something to say. */
export function tell(message: string | undefined): void {
  if (message !== undefined) {
    void vscode.window.showInformationMessage(`CodeOrigin: ${message}`);
  }
}

/** Shows in the status bar what is being done during `work`. */
export function during<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** Shows a notification with a button to cancel while `work` runs, and its steps; undefined if the user has cancelled it. */
export async function cancellable<T>(
  title: string,
  work: (signal: AbortSignal, step: (message: string) => void) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    const abort = new AbortController();
    const listener = cancel.onCancellationRequested(() => abort.abort());
    try {
      return await work(abort.signal, (message) => progress.report({ message }));
    } catch (error) {
      if (abort.signal.aborted) {
        return undefined;
      }
      throw error;
    } finally {
      listener.dispose();
    }
  });
}
