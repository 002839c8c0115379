import assert from "node:assert/strict";
import { test } from "node:test";

import { remark, rowsOf } from "../src/tree/rows";
import { explained } from "./samples";

test("files and functions stand by probability; what has no verdict is left out", () => {
  const scan = {
    cancelled: false,
    reported: 1,
    reportedText: "1 reported function",
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

test("an empty view says why it is empty", () => {
  const scan = { cancelled: false, reported: 0, reportedText: "", message: "", files: [] };
  assert.equal(remark(scan, [], "nothing"), "nothing");
  assert.equal(remark({ ...scan, errors: ["a: no repository"] }, [], "nothing"), "a: no repository");
  assert.match(remark({ ...scan, cancelled: true }, [], "nothing"), /stopped/);
  const files = [{ uri: "file:///a.py", reported: 0, functions: [explained("a", [], 0.3)] }];
  assert.equal(remark({ ...scan, errors: ["b: is binary"] }, rowsOf({ ...scan, files }), "nothing"), "");
});
