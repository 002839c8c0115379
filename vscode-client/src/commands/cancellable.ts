import * as vscode from "vscode";

export type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** Shows a notification with a button to cancel while `work` runs; undefined if the user has cancelled it. */
export async function cancellable<T>(
  title: string,
  work: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, cancel) => {
    const abort = new AbortController();
    const listener = cancel.onCancellationRequested(() => {
      abort.abort();
    });
    try {
      return await work(abort.signal, progress);
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
