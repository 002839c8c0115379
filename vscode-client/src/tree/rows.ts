/** Turns a scan into rows of the tree, highest probability first. Independent of VS Code. */

import type { FunctionInfo, Scan } from "../protocol";

export interface FunctionRow {
  kind: "function";
  uri: string;
  info: FunctionInfo;
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
        : [{ kind: "function", uri, info }],
    );
    rows.sort((a, b) => probability(b) - probability(a) || a.info.range.start.line - b.info.range.start.line);
    return { kind: "file", uri, reportedText, functions: rows };
  });
  return files
    .filter((file) => file.functions.length > 0)
    .sort((a, b) => probability(b.functions[0]) - probability(a.functions[0]) || a.uri.localeCompare(b.uri));
}

/** Below all others for a function that was only moved. */
function probability(row: FunctionRow | undefined): number {
  return row?.info.verdict.probability ?? -1;
}
