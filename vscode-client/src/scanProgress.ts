import type { Progress } from "vscode";
import type { Middleware, ProgressToken, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from "vscode-languageclient/node";

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** Shows the server's progress in the scan's own notification, which can be cancelled. */
export class ScanProgress {
  private target: Progress<{ message?: string; increment?: number }> | undefined;
  private reached = 0;

  /** The server's progress for the running scan; undefined before it has begun. */
  token: ProgressToken | undefined;

  /** Handles the scan's progress, and leaves all other progress to the client. */
  readonly handle: NonNullable<Middleware["handleWorkDoneProgress"]> = (token, value, next) => {
    if (this.target && value.kind === "begin" && value.percentage !== undefined) {
      this.token = token;
      return; // the notification is open already
    }
    if (this.target && isMeasured(value)) {
      const increment = Math.max(0, value.percentage - this.reached);
      this.reached += increment;
      this.target.report({ increment, ...(value.message !== undefined && { message: value.message }) });
      return;
    }
    next(token, value);
  };

  async during<T>(target: Progress<{ message?: string; increment?: number }>, work: () => Promise<T>): Promise<T> {
    this.target = target;
    this.reached = 0;
    this.token = undefined;
    try {
      return await work();
    } finally {
      this.target = undefined;
    }
  }
}

function isMeasured(value: Value): value is WorkDoneProgressReport & { percentage: number } {
  return value.kind === "report" && value.percentage !== undefined;
}
