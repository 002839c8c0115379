import type { Progress } from "vscode";
import type { Middleware, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkDoneProgressReport } from "vscode-languageclient/node";

type Value = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** Carries the server's measured progress over into the scan's own notification, which can be cancelled. */
export class ScanProgress {
  private target: Progress<{ message?: string; increment?: number }> | undefined;
  private reached = 0;

  /** For the client; leaves all other progress to it. */
  readonly handle: NonNullable<Middleware["handleWorkDoneProgress"]> = (_token, value, next) => {
    if (this.target && value.kind === "begin") {
      return; // the notification is open already
    }
    if (this.target && isMeasured(value)) {
      const increment = Math.max(0, value.percentage - this.reached);
      this.reached += increment;
      this.target.report({ increment, ...(value.message !== undefined && { message: value.message }) });
      return;
    }
    next(_token, value);
  };

  async during<T>(target: Progress<{ message?: string; increment?: number }>, work: () => Promise<T>): Promise<T> {
    this.target = target;
    this.reached = 0;
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
