import assert from "node:assert/strict";
import { test } from "node:test";

import { REPORTED, reportArguments } from "../src/commands/report";

test("what nobody has set is left to the command line", () => {
  assert.deepEqual(reportArguments({}, null), []);
  assert.deepEqual(reportArguments({}, ""), []);
});

test("the report follows the settings of the editor, below those of the project's files", () => {
  assert.ok(REPORTED.includes("past"));
  const chosen = { threshold: 0, fileContext: false, past: false, languages: ["go"], exclude: ["a/", "*.min.js"] };
  assert.deepEqual(reportArguments(chosen, "/m"), [
    "--settings",
    '{"threshold":0,"fileContext":false,"past":false,"languages":["go"],"exclude":["a/","*.min.js"]}',
    "--model",
    "/m",
  ]);
});

