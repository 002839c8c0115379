import assert from "node:assert/strict";
import { test } from "node:test";

import { rowsOf } from "../src/tree/rows";
import { percent, share, signed } from "../src/words";
import { explained } from "./samples";

test("files and functions stand by probability; what has no verdict is left out", () => {
  const scan = {
    cancelled: false,
    message: "",
    files: [
      { uri: "file:///a.py", reported: 0, functions: [explained("a", [], 0.3), explained("short", [], null)] },
      { uri: "file:///b.py", reported: 1, functions: [explained("low", [], 0.1), explained("high", [], 0.9)] },
      { uri: "file:///c.py", reported: 0, functions: [explained("none", [], null)] },
    ],
  };
  assert.deepEqual(
    rowsOf(scan).map(({ uri, functions }) => [uri, functions.map(({ info }) => info.name)]),
    [
      ["file:///b.py", ["high", "low"]],
      ["file:///a.py", ["a"]],
    ],
  );
});

test("figures never claim certainty", () => {
  assert.equal(percent(1), "over 99 %");
  assert.equal(percent(0), "under 1 %");
  assert.equal(percent(0.824), "82 %");
  assert.equal(share(0.0004), "under 0.1 %");
  assert.equal(share(0.012), "1.2 %");
  assert.equal(share(0.126), "13 %");
  assert.equal(signed(-0.5), "−0.50");
  assert.equal(signed(0.5), "+0.50");
});
