import type { FileVerdict, FileVerdictNote } from "./protocol";

/** What the server last said of each open file as a whole. */
export class FileVerdicts {
  private readonly known = new Map<string, FileVerdict>();

  /** `uri` is the client's own spelling of the note's. */
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

  /** The server has ended, or another model is loaded. */
  clear(): void {
    this.known.clear();
  }
}

/** Behind the name in the status bar: `: file 82 %`, or nothing without a verdict. */
export function barText(verdict: FileVerdict | undefined): string {
  const label = verdict?.label ?? null;
  return label === null ? "" : `: ${label}`;
}
