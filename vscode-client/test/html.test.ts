import assert from "node:assert/strict";
import { test } from "node:test";

import { dedent, escape, render } from "../src/panel/html";
import { explained, line } from "./samples";

const page = (name: string, texts: Record<number, string>, change = {}) =>
  render({
    explained: { ...explained(name, [line(2, 0.8, 1), line(3, -0.4, -0.5)]), ...change },
    file: "src/a&b.py",
    textOf: (number) => texts[number] ?? "",
    nonce: "abc123",
  });

test("nothing of the document becomes markup", () => {
  const html = page('<img src=x onerror="alert(1)">', { 2: "</td><script>alert(1)</script>", 3: "a && b" });
  assert.ok(!html.includes("<img"));
  assert.ok(!html.includes("<script>alert"));
  assert.ok(html.includes("&#60;script&#62;"));
  assert.equal(html.match(/<script/g)?.length, 1);
});

test("the policy admits the page's own style and script alone", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page("f", {}))?.[1];
  assert.equal(policy, "default-src 'none'; style-src 'nonce-abc123'; script-src 'nonce-abc123'");
  assert.ok(!page("f", {}).includes('style="'), "inline styles would be refused");
  assert.ok(!/https?:/.test(page("f", {})));
});

test("characters that hide or reorder code are made visible", () => {
  assert.equal(escape("a\u202eb"), 'a<span class="hidden">U+202E</span>b');
});

test("bars start in the middle: right towards LLM, left towards human", () => {
  const html = page("f", { 2: "x", 3: "y" });
  assert.match(html, /class="bar llm"[^>]*><rect x="50" width="50\.0"/);
  assert.match(html, /class="bar human"[^>]*><rect x="25\.0" width="25\.0"/);
});

test("verdict, calibration, sum, tokens, limits and model are said", () => {
  const html = page("f", {});
  for (const text of [
    "90 % likely LLM-written",
    "1.2 % of the calibration functions written by people score this high. Reported from 80 % on.",
    "add up to +2.30",
    "Completeness gap 0.4 %",
    "<code>&#60;T&#62;</code>",
    "not a proof of authorship",
    "codeorigin-small 0.1.0",
  ]) {
    assert.ok(html.includes(text), text);
  }
  assert.ok(!html.includes("above the tolerance"));
});

test("what the rest of the file adds is said beside the verdict and beside the sum", () => {
  const { verdict } = explained("f", []);
  const html = page("f", {}, { verdict: { ...verdict, ownText: "By its own text 64 %; <b>", context: -0.4 } });
  assert.ok(html.includes("<p>By its own text 64 %; &#60;b&#62;</p>"));
  assert.ok(html.includes("(logit +2.20, from −0.10 without evidence)"));
  assert.ok(html.includes("With the rest of the file: +1.80."));
});

test("without neighbours nothing is said of them", () => {
  assert.ok(!/own text|rest of the file/.test(page("f", {})));
});

test("a large gap and a missing explanation are said too", () => {
  const { explanation } = explained("f", []);
  assert.ok(page("f", {}, { explanation: { ...explanation, approximate: true } }).includes("above the tolerance"));
  assert.ok(page("f", {}).includes("Integrated gradients, 8 nodes, baseline mask."));
  assert.ok(page("f", {}, { explanation: { ...explanation, nodes: 0 } }).includes("Exact shares of a linear model."));
  assert.ok(page("f", {}, { explanation: null }).includes("no explanation without a verdict"));
});

test("indentation that all lines share goes", () => {
  assert.deepEqual(dedent(["    a", "", "      b"]), ["a", "", "  b"]);
  assert.deepEqual(dedent([]), []);
});
