import assert from "node:assert/strict";
import { test } from "node:test";

import { rowsOf } from "../src/tree/rows";
import { explained } from "./samples";

test("files and functions stand by probability, moved ones last; what else has no verdict is left out", () => {
  const moved = explained("moved", [], null);
  moved.verdict.reason = "moved";
  const scan = {
    cancelled: false,
    reported: 1,
    reportedText: "1 reported function",
    message: "",
    remark: null,
    files: [
      { uri: "file:///a.py", reported: 0, reportedText: "0 of 2", functions: [moved, explained("a", [], 0.3), explained("short", [], null)] },
      { uri: "file:///b.py", reported: 1, reportedText: "1 of 2", functions: [explained("low", [], 0.1), explained("high", [], 0.9)] },
      { uri: "file:///c.py", reported: 0, reportedText: "0 of 2", functions: [explained("none", [], null)] },
    ],
  };
  assert.deepEqual(
    rowsOf(scan).map(({ uri, reportedText, functions }) => [uri, reportedText, functions.map(({ info }) => info.name)]),
    [
      ["file:///b.py", "1 of 2", ["high", "low"]],
      ["file:///a.py", "0 of 2", ["a", "moved"]],
    ],
  );
});
