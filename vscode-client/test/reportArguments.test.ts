import assert from "node:assert/strict";
import { test } from "node:test";

import { reportArguments } from "../src/commands/reportArguments";

test("what nobody has set is left to the command line", () => {
  assert.deepEqual(reportArguments({ threshold: null, fileContext: true, model: null, exclude: [] }), []);
  assert.deepEqual(reportArguments({ threshold: undefined, fileContext: undefined, model: "", exclude: [] }), []);
});

test("the report follows the settings of the editor", () => {
  assert.deepEqual(reportArguments({ threshold: 0, fileContext: false, model: "/m", exclude: ["a/", "*.min.js"] }), [
    "--threshold",
    "0",
    "--no-file-context",
    "--model",
    "/m",
    "--exclude",
    "a/",
    "--exclude",
    "*.min.js",
  ]);
});
