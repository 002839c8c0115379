import assert from "node:assert/strict";
import { test } from "node:test";

import { colorOf, kindOf } from "../src/declared/kinds";

test("a stale record is none of an agent or a person", () => {
  assert.equal(kindOf({ by: "agent", stale: true }), "stale");
  assert.equal(kindOf({ by: "person", stale: false }), "person");
  assert.equal(colorOf("untracked"), "codeorigin.declaredUntracked");
});
