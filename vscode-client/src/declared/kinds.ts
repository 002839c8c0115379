/** Which colour a record has. Independent of VS Code. */

import type { DeclaredRecord } from "../protocol";

/** `stale`: whatever it says, it is about another text. */
export type Kind = DeclaredRecord["by"] | "stale";

export const KINDS: readonly Kind[] = ["agent", "mixed", "person", "untracked", "stale"];

export function kindOf({ by, stale }: DeclaredRecord): Kind {
  return stale ? "stale" : by;
}

/** The theme colour of a kind: `codeorigin.declaredAgent`. */
export function colorOf(kind: Kind): string {
  return `codeorigin.declared${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}
