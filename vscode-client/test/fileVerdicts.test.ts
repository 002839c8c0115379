import assert from "node:assert/strict";
import { test } from "node:test";

import { barText, FileVerdicts } from "../src/fileVerdicts";
import type { FileVerdict } from "../src/protocol";

const judged: FileVerdict = {
  probability: 0.824,
  probabilityText: "82 %",
  logit: 0.9,
  band: "unsure",
  reason: null,
  functionCount: 7,
  humanShare: 0.02,
  llmShare: 0.4,
  threshold: 0.9,
  label: "file 82 %",
  summary: "This file, 7 functions together: 82 % likely LLM-written",
  shares: "2 in 100 human-written Rust files score this high.",
  caveat: "An estimate, not a proof of authorship.",
  details: "This file, 7 functions together: 82 % likely LLM-written (band unsure)",
};
const short: FileVerdict = {
  ...judged,
  probability: null,
  probabilityText: null,
  logit: null,
  band: null,
  reason: "too_few_functions",
  label: null,
  summary: "No verdict on the file as a whole: too few of its functions have a verdict",
  shares: null,
};

test("the status bar has the file's figure, and nothing without one", () => {
  assert.equal(barText(judged), ": file 82 %");
  assert.equal(barText(short), "");
  assert.equal(barText(undefined), "");
});

test("what the server takes back, what is closed and what another model said is forgotten", () => {
  const verdicts = new FileVerdicts();
  const say = (uri: string, verdict: FileVerdict | null) => {
    verdicts.tell(uri, { uri, version: 1, verdict });
  };
  for (const uri of ["a", "b", "c"]) {
    say(uri, judged);
  }
  assert.equal(verdicts.of("a"), judged);
  say("a", null);
  verdicts.forget("b");
  assert.deepEqual(["a", "b", "c"].map((uri) => verdicts.of(uri)), [undefined, undefined, judged]);
  verdicts.clear();
  assert.equal(verdicts.of("c"), undefined);
});
