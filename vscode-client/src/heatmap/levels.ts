/** Evidence of lines -> how strongly each line is painted. Knows nothing of VS Code. */

import type { Attributions } from "../protocol";

export type Direction = "llm" | "human";
export type Strength = 1 | 2 | 3;

export interface Level {
  direction: Direction;
  strength: Strength;
}

/** All levels, weakest first. */
export const LEVELS: readonly Level[] = (["llm", "human"] as const).flatMap((direction) =>
  ([1, 2, 3] as const).map((strength) => ({ direction, strength })),
);

/** Shares of the function's strongest line from which a line is painted weakly, clearly, strongly. */
const FROM: readonly [number, Strength][] = [
  [0.66, 3],
  [0.33, 2],
  [0.08, 1],
];
/** In logits: less than this says nothing, even if it is the most that a function has. */
const NOTICEABLE = 0.005;

export function levelOf(line: { value: number; weight: number }): Level | undefined {
  const strength = FROM.find(([from]) => Math.abs(line.weight) >= from)?.[1];
  if (strength === undefined || Math.abs(line.value) < NOTICEABLE) {
    return undefined;
  }
  return { direction: line.value > 0 ? "llm" : "human", strength };
}

/** Line number -> level of all lines worth painting. */
export function paint(answer: Attributions): Map<number, Level> {
  const painted = new Map<number, Level>();
  for (const { explanation } of answer.functions) {
    for (const line of explanation?.lines ?? []) {
      const level = levelOf(line);
      if (level) {
        painted.set(line.line, level);
      }
    }
  }
  return painted;
}

export function nameOf({ direction, strength }: Level): string {
  return `${direction}${strength}`;
}
