/** Answers of the server, for the tests. */

import type { Attributions, ExplainedFunction, LineEvidence, Verdict } from "../src/protocol";

export function verdict(probability: number | null): Verdict {
  return {
    probability,
    probabilityText: probability === null ? null : `${Math.round(probability * 100)} %`,
    band: probability === null ? null : probability > 0.8 ? "llm" : "unsure",
    reason: probability === null ? "too_short" : null,
    summary: probability === null ? "No verdict: too short" : `Likely LLM (${Math.round(probability * 100)} %)`,
    answer: probability === null ? "No verdict" : "Likely LLM",
    number: probability === null ? "too short" : "1 in 100 human-written Rust functions score this high",
  };
}

export function line(number: number, value: number, weight: number): LineEvidence {
  return { line: number, value, valueText: `${value > 0 ? "+" : ""}${value.toFixed(2)}`, weight };
}

export function explained(name: string, lines: LineEvidence[], probability: number | null = 0.9): ExplainedFunction {
  const range = { start: { line: 2, character: 0 }, end: { line: 9, character: 0 } };
  return {
    details: [{ term: "Logit", meaning: 'Log-odds: "0" is even.', text: "+2.30 <i>" }],
    declared: "Declared: lines 3-10 by codex, <gpt-5.5> (git-ai)",
    caveat: "An estimate, not a proof of authorship.",
    message: "",
    functionId: `id-${name}`,
    name,
    ownName: name,
    range,
    headerRange: range,
    verdict: verdict(probability),
    explanation: {
      summary: "Mostly error handling; the rest of the file agrees <b>.",
      lines,
      topTokens: [{ text: "<T>", value: 0.4, valueText: "+0.40", range }],
      constructs: [
        { name: "error handling", value: 0.5, valueText: "+0.50", shareText: "25 % of the code" },
        { name: "names <T>", value: -0.1, valueText: "-0.10", shareText: "75 % of the <code>" },
      ],
      titles: { lines: "By line", constructs: "By construct", tokens: "Tokens", human: "to human", llm: "to <LLM>", details: "Figures" },
    },
  };
}

export function attributions(...functions: ExplainedFunction[]): Attributions {
  return { version: 1, functions };
}
