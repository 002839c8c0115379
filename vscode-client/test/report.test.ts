import assert from "node:assert/strict";
import { test } from "node:test";

import { REPORTED, reportArguments } from "../src/commands/report";

const PLAIN = { chosen: {}, model: null };

test("what nobody has set is left to the command line", () => {
  assert.deepEqual(reportArguments(PLAIN), []);
  assert.deepEqual(reportArguments({ ...PLAIN, model: "" }), []);
});

test("the report follows the settings of the editor, below those of the project's files", () => {
  assert.ok(REPORTED.includes("past"));
  const chosen = { threshold: 0, fileContext: false, past: false, languages: ["go"], exclude: ["a/", "*.min.js"] };
  assert.deepEqual(reportArguments({ ...PLAIN, chosen, model: "/m" }), [
    "--settings",
    '{"threshold":0,"fileContext":false,"past":false,"languages":["go"],"exclude":["a/","*.min.js"]}',
    "--model",
    "/m",
  ]);
});

