/** Turns the evidence of lines into levels of colour. Independent of VS Code. */

import type { Attributions } from "../protocol";

/** A direction and a strength: also the name of a theme colour and of an icon. */
export type Level = `${"llm" | "human"}${1 | 2 | 3}`;

export const LEVELS: readonly Level[] = ["llm1", "llm2", "llm3", "human1", "human2", "human3"];

/** Minimum shares of the function's strongest line for weak, clear and strong colour. */
const FROM: readonly [number, 1 | 2 | 3][] = [
  [0.66, 3],
  [0.33, 2],
  [0.08, 1],
];
/** In logits: weaker evidence is not shown, even if it is the strongest in the function. */
const NOTICEABLE = 0.005;

export function levelOf(line: { value: number; weight: number }): Level | undefined {
  const strength = FROM.find(([from]) => Math.abs(line.weight) >= from)?.[1];
  if (strength === undefined || Math.abs(line.value) < NOTICEABLE) {
    return undefined;
  }
  return `${line.value > 0 ? "llm" : "human"}${strength}`;
}

/** Maps the line numbers of all lines worth colouring to their levels. */
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

/** The lines of a document that have been explained so far. */
export class Painting {
  readonly lines = new Map<number, Level>();
  private asked: { first: number; end: number }[] = [];

  /** Asks for lines that were not asked for yet; without an answer, they can be asked for again. */
  async fill(first: number, end: number, ask: () => Promise<Attributions | null>): Promise<void> {
    if (this.asked.some((range) => range.first <= first && end <= range.end)) {
      return;
    }
    const range = { first, end };
    this.asked.push(range);
    let answer: Attributions | null = null;
    try {
      answer = await ask();
    } finally {
      if (answer === null) {
        this.asked = this.asked.filter((other) => other !== range);
      }
    }
    for (const [line, level] of answer ? paint(answer) : []) {
      this.lines.set(line, level);
    }
  }
}
