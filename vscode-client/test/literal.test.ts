import assert from "node:assert/strict";
import { test } from "node:test";

import { plainMessage } from "../src/literal";

test("a file's name becomes no link and no icon in a notification", () => {
  const name = "[Fix](command:workbench.action.terminal.new).py: skipped: $(flame)";
  const shown = plainMessage(name);
  assert.ok(!shown.includes("]("));
  assert.ok(!shown.includes("$("));
  assert.equal(plainMessage("plain [text] (as it is) $5"), "plain [text] (as it is) $5");
});

test("a notification is one short line without hidden characters", () => {
  assert.equal(plainMessage("a\nb\u202e\u{e0041}\ud800"), "a<U+000A>b<U+202E><U+E0041><U+D800>");
  assert.equal(plainMessage("\u00e9\u{1f600}\u4e2d"), "\u00e9\u{1f600}\u4e2d");
  assert.equal(plainMessage("x".repeat(5000)).length, 1000);
});
