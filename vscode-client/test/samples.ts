/** Answers of the server, for the tests. */

import type { Attributions, ExplainedFunction, LineEvidence, Verdict } from "../src/protocol";

export function verdict(probability: number | null): Verdict {
  return {
    probability,
    probabilityText: probability === null ? null : `${Math.round(probability * 100)} %`,
    logit: probability === null ? null : Math.log(probability / (1 - probability)),
    ownProbability: probability,
    pastEvidence: null,
    pastAsHigh: null,
    fileEvidence: null,
    neighbours: 0,
    commitEvidence: null,
    commitNeighbours: 0,
    band: probability === null ? null : probability > 0.8 ? "llm" : "unsure",
    bandText: probability === null ? null : probability > 0.8 ? "band llm" : "band unsure",
    reason: probability === null ? "too_short" : null,
    humanShare: probability === null ? null : 0.012,
    llmShare: 0.4,
    threshold: 0.8,
    windows: 1,
    summary: probability === null ? "No verdict: too short" : `${Math.round(probability * 100)} % likely LLM-written`,
    shares: probability === null ? null : "1 in 100 human-written Rust functions score this high. Reported at 80 % or more.",
    ownText: null,
    windowsText: null,
  };
}

export function line(number: number, value: number, weight: number): LineEvidence {
  return { line: number, value, valueText: `${value > 0 ? "+" : ""}${value.toFixed(2)}`, weight };
}

export function explained(name: string, lines: LineEvidence[], probability: number | null = 0.9): ExplainedFunction {
  const range = { start: { line: 2, character: 0 }, end: { line: 9, character: 0 } };
  return {
    version: 1,
    modelId: "codeorigin-small 0.1.0 (1a2b3c4d)",
    caveat: "An estimate, not a proof of authorship.",
    message: "",
    functionId: `id-${name}`,
    name,
    range,
    headerRange: range,
    verdict: verdict(probability),
    explanation: {
      summary: "The function's lines add up to +2.30, completeness gap 0.4 %. Integrated gradients, 8 nodes.",
      lines,
      topTokens: [{ text: "<T>", value: 0.4, valueText: "+0.40", range }],
      constructs: [
        { name: "error handling", value: 0.5, valueText: "+0.50", shareText: "25 % of the code" },
        { name: "names <T>", value: -0.1, valueText: "-0.10", shareText: "75 % of the <code>" },
      ],
      constructsText: "Most of the evidence towards LLM lies in error handling (+0.50).",
      titles: { lines: "By line", constructs: "By construct", tokens: "Tokens", human: "to human", llm: "to <LLM>", unit: "in logits" },
    },
  };
}

export function attributions(...functions: ExplainedFunction[]): Attributions {
  return { version: 1, modelId: "codeorigin-small 0.1.0 (1a2b3c4d)", functions };
}
