import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { REPORTED, reportArguments, themed } from "../src/commands/report";

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

test("the page has the colours of the editor's theme, with the style that pages have", () => {
  const style = readFileSync(join(__dirname, "../../../server/codeorigin/report/style.css"), "utf8");
  for (const [isDark, scheme, media] of [
    [true, "color-scheme: dark;", "@media all {"],
    [false, "color-scheme: light;", "@media not all {"],
  ] as const) {
    const page = themed(style, isDark);
    assert.ok(page.includes(scheme) && page.includes(media));
    assert.ok(!page.includes("prefers-color-scheme"));
  }
});
