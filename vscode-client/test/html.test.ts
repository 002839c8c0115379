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

test("what is declared is a line of its own, and none without a record", () => {
  assert.ok(page("f", {}).includes("<p>Declared: lines 3-10 by codex, &#60;gpt-5.5&#62; (git-ai)</p>"));
  const without = page("f", {}, { declared: null });
  assert.ok(!without.includes("Declared:") && !without.includes("null"));
});

test("the policy admits the page's own style and script alone", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page("f", {}))?.[1];
  assert.equal(policy, "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'nonce-abc123'; script-src 'nonce-abc123'");
  assert.ok(!page("f", {}).includes('style="'), "inline styles would be refused");
  assert.ok(!/https?:/.test(page("f", {})));
});

test("characters that hide or reorder code are made visible", () => {
  for (const character of "\u202e\u061c\u00ad\u180e\u206a\u206f\ufff9\u200b\ufeff\u0000\u001b\u007f\u0085\u2028\u{e0041}\ud800") {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    assert.equal(escape(`a${character}b`), `a<span class="hidden">U+${code}</span>b`);
  }
  assert.equal(escape("\ta\u00e9\u{1f600}"), "\ta\u00e9\u{1f600}");
});

test("bars start in the middle: right towards LLM, left towards human", () => {
  const html = page("f", { 2: "x", 3: "y" });
  assert.match(html, /class="bar llm"[^>]*><rect x="50" width="50\.0"/);
  assert.match(html, /class="bar human"[^>]*><rect x="25\.0" width="25\.0"/);
});

test("all sentences are the server's, shown as they are", () => {
  const html = page("f", {});
  for (const text of [
    "<strong>Likely LLM</strong> - 1 in 100 human-written Rust functions score this high",
    "Mostly error handling; the rest of the file agrees &#60;b&#62;.",
    "<code>&#60;T&#62;</code>",
    "An estimate, not a proof of authorship.",
    "<h2>By line</h2>",
    '<span class="human">◀ to human</span> <span class="llm">to &#60;LLM&#62; ▶</span>',
    '<td title="-0.40">',
    "<h2>Tokens</h2>",
    '<span class="llm">+0.40</span>',
  ]) {
    assert.ok(html.includes(text), text);
  }
});

test("the figures are folded away, each term with what it means", () => {
  const [, folded = ""] = /<details><summary>Figures<\/summary>([^]*)<\/details>/.exec(page("f", {})) ?? [];
  assert.ok(folded.includes('title="Log-odds: &#34;0&#34; is even." tabindex="0">Logit</abbr></dt><dd>+2.30 &#60;i&#62;</dd>'));
  assert.ok(folded.includes("<h2>Tokens</h2>"));
  assert.ok(!page("f", {}, { explanation: null }).includes("<details>"));
});

test("a missing explanation is said too", () => {
  assert.ok(page("f", {}, { explanation: null, message: "f: no verdict: <b>" }).includes("<p>f: no verdict: &#60;b&#62;</p>"));
});

test("indentation that all lines share goes", () => {
  assert.deepEqual(dedent(["    a", "", "      b"]), ["a", "", "  b"]);
  assert.deepEqual(dedent([]), []);
});

test("evidence by construct stands below the lines, with its share of the code", () => {
  const html = page("f", {});
  assert.match(html, /<h2>By construct<\/h2>/);
  assert.match(html, /<td>error handling<\/td><td title="\+0\.50">.*25 % of the code/);
  assert.match(html, /<td>names &#60;T&#62;<\/td><td title="-0\.10">.*75 % of the &#60;code&#62;/);
  const sample = explained("f", [line(2, 0.8, 1)]);
  assert.ok(sample.explanation);
  const none = { explanation: { ...sample.explanation, constructs: [] } };
  assert.ok(!page("f", {}, none).includes("By construct"));
});
