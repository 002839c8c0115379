import assert from "node:assert/strict";
import { test } from "node:test";

import { percent } from "../src/words";

test("probabilities are never a bare 0 % or 100 %", () => {
  assert.deepEqual([0, 0.005, 0.0051, 0.824, 0.9949, 0.995, 1].map(percent), [
    "under 1 %",
    "under 1 %",
    "1 %",
    "82 %",
    "99 %",
    "over 99 %",
    "over 99 %",
  ]);
});
