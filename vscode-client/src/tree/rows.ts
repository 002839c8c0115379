/** Turns a scan into rows of the tree, highest probability first. Independent of VS Code. */

import type { FunctionInfo, Scan } from "../protocol";

export interface FunctionRow {
  kind: "function";
  uri: string;
  info: FunctionInfo;
  /** Null for a function that was only moved. */
  probability: number | null;
}

export interface FileRow {
  kind: "file";
  uri: string;
  reportedText: string;
  functions: FunctionRow[];
}

/** Files with a verdict or a moved function, by their highest probability; functions likewise, moved ones last. */
export function rowsOf(scan: Scan): FileRow[] {
  const files = scan.files.map(({ uri, reportedText, functions }): FileRow => {
    const rows = functions.flatMap((info): FunctionRow[] =>
      info.verdict.probability === null && info.verdict.reason !== "moved"
        ? []
        : [{ kind: "function", uri, info, probability: info.verdict.probability }],
    );
    rows.sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1) || a.info.range.start.line - b.info.range.start.line);
    return { kind: "file", uri, reportedText, functions: rows };
  });
  return files
    .filter((file) => file.functions.length > 0)
    .sort((a, b) => highest(b) - highest(a) || a.uri.localeCompare(b.uri));
}

function highest(file: FileRow): number {
  return file.functions[0]?.probability ?? 0;
}
