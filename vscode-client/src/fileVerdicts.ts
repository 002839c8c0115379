import type { FileVerdict, FileVerdictNote } from "./protocol";

/** The server's latest verdict on each open file as a whole. */
export class FileVerdicts {
  private readonly known = new Map<string, FileVerdict>();

  /** `uri` is the notification's URI as the client spells it. */
  tell(uri: string, { verdict }: FileVerdictNote): void {
    if (verdict === null) {
      this.known.delete(uri);
    } else {
      this.known.set(uri, verdict);
    }
  }

  of(uri: string): FileVerdict | undefined {
    return this.known.get(uri);
  }

  /** The file was closed. */
  forget(uri: string): void {
    this.known.delete(uri);
  }

  /** The server has stopped, or another model was loaded. */
  clear(): void {
    this.known.clear();
  }
}

/** Text after the name in the status bar: `: file 82 %`, or nothing without a verdict. */
export function barText(verdict: FileVerdict | undefined): string {
  const label = verdict?.label ?? null;
  return label === null ? "" : `: ${label}`;
}
