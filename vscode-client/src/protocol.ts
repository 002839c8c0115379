/** What the extension reads of the messages beyond LSP; docs/contributing/protocol.md has all. Positions are 0-based UTF-16. */

export type Band = "human" | "unsure" | "llm";

export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

export interface Status {
  state: "loading" | "ready" | "busy" | "error";
  modelId: string | null;
  message: string | null;
}

/** What is known of a document or a notebook: `2 of 14 functions likely LLM`, or why nothing in it is scored. */
export interface DocumentStatus {
  uri: string;
  text: string;
}

/** The texts are for users, and shown as they are. */
export interface Verdict {
  probability: number | null;
  /** `82 %` */
  probabilityText: string | null;
  band: Band | null;
  /** Why there is no verdict, `moved` for a function that a change only moved. */
  reason: string | null;
  /** The answer with its probability. */
  summary: string;
  /** The answer alone, and the one number behind it: how many human-written functions score so. */
  answer: string;
  number: string;
}

export interface Evidence {
  value: number;
  /** `+0.40` */
  valueText: string;
}

export interface LineEvidence extends Evidence {
  line: number;
  weight: number;
}

export interface Explanation {
  /** What the evidence is made of, and whether the rest of the file agrees. */
  summary: string;
  lines: LineEvidence[];
  topTokens: (Evidence & { text: string; range: Range })[];
  /** By kind of code, strongest first, with the same total as the lines; `25 % of the code`. */
  constructs: (Evidence & { name: string; shareText: string })[];
  /** Headings for the evidence, the sides that it points to (`towards human`), and what is above the folded figures. */
  titles: Record<"lines" | "constructs" | "tokens" | "human" | "llm" | "details", string>;
}

export interface FunctionInfo {
  functionId: string;
  /** Qualified; `ownName` is its last part. */
  name: string;
  ownName: string;
  range: Range;
  headerRange: Range;
  verdict: Verdict;
  explanation: Explanation | null;
}

/** What a record says about lines. */
export interface DeclaredRecord {
  by: "agent" | "person" | "mixed" | "untracked";
  stale: boolean;
}

/** What is declared about a document; lines without a record are in no run. */
export interface Declared {
  version: number;
  runs: { first: number; last: number; record: DeclaredRecord; label: string }[];
  message: string;
}

export interface Attributions {
  version: number;
  functions: FunctionInfo[];
}

/** A figure behind a verdict. */
export interface Detail {
  term: string;
  /** What the term means. */
  meaning: string;
  text: string;
}

export interface ExplainedFunction extends FunctionInfo {
  details: Detail[];
  /** What is recorded about the lines, apart from the estimate; null without a record. */
  declared: string | null;
  caveat: string;
  message: string;
}

/** What every command says; without a function to explain, that is all. */
export interface Answer {
  message: string;
}

export interface ScannedFile {
  uri: string;
  /** `2 of 7 likely LLM` */
  reportedText: string;
  functions: FunctionInfo[];
}

export interface Scan {
  files: ScannedFile[];
  /** To show above the list: that it is incomplete, or why it is empty. */
  remark: string | null;
  message: string;
}

export const STATUS = "codeorigin/status";
export const DOCUMENT_STATUS = "codeorigin/documentStatus";
export const ATTRIBUTIONS = "codeorigin/attributions";
export const DECLARED = "codeorigin/declared";

/** Commands of the server, for `workspace/executeCommand`. */
export const ServerCommand = {
  rescore: "codeorigin.rescore",
  explain: "codeorigin.explain",
  acceptFindings: "codeorigin.acceptFindings",
  scanChanges: "codeorigin.scanChanges",
} as const;

/** Keeps the server from showing a message that the client shows itself. */
export const QUIET = { quiet: true } as const;

export function isExplained(answer: ExplainedFunction | Answer): answer is ExplainedFunction {
  return "functionId" in answer;
}
