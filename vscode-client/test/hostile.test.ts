/** Hostile names and texts in everything that the extension renders itself. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { plainMessage } from "../src/literal";
import { render } from "../src/panel/html";
import type { ExplainedFunction } from "../src/protocol";
import { explained, line } from "./samples";

const HOSTILE: Record<string, string> = {
  "a script": "<script>alert(1)</script>",
  "an image with a handler": '"><img src=x onerror=alert(1)>',
  "an attribute that ends": `' onmouseover='alert(1)' "x`,
  "the end of the style": "</style><script>alert(1)</script>",
  "the end of the title": "</title><script>alert(1)</script>",
  "a policy of its own": '<meta http-equiv="Content-Security-Policy" content="script-src *">',
  "a base for all links": '<base href="https://example.org/">',
  "a frame": '<iframe src="https://example.org"></iframe><svg onload=alert(1)>',
  "a comment that hides the rest": "<!--",
  "a link that runs a command": "[x](command:workbench.action.terminal.new)",
  "an HTML link that runs a command": '<a href="command:workbench.action.terminal.new">x</a>',
  "a link to a script": "<a href=javascript:alert(1)>x</a>",
  "a button of the page": "<a data-again>x</a><a data-line=7>",
  "an icon": "$(flame)",
  "entities": "&lt;script&gt; &#60;script&#62;",
  "a replacement pattern": "$& $` $' $1 ${nonce}",
  "controls": "a\u0000b\u0007c\u001b[31m\u009bd",
  "a line break": "a\nb\r\u2028c\u2029d\u0085e",
  "a reordered name": "\u202eyp.live\u2066\u2069",
  "zero width": "pay\u200bment\u200c\u200d\u2060\ufeff",
  "tags and a lone surrogate": "\u{e0041}\u{e007f}\ud800x",
};
/** As an attack leaves them: what the browser, the editor or the eye would obey. */
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u; // eslint-disable-line no-control-regex
const TAGS = /<\/?([a-z]+)/gi;

/** A page with the text in every place that the document, the repository or the server's answer can fill. */
function page(text: string): string {
  const everywhere = JSON.parse(
    JSON.stringify(explained("f", [line(2, 0.8, 1)]), (key, value: unknown) => (typeof value === "string" && key !== "band" ? "HOSTILE" : value)),
    (_, value: unknown) => (value === "HOSTILE" ? text : value),
  ) as ExplainedFunction;
  return render({ explained: everywhere, file: text, textOf: () => text, nonce: "abc123" });
}

const tagsOf = (html: string) => [...html.matchAll(TAGS)].map(([, name = ""]) => name.toLowerCase());
const attributesOf = (html: string) => [...html.matchAll(/<[a-z]+((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/gi)].flatMap(([, all = ""]) => [...all.matchAll(/\s([a-z-]+)(?==|\s|$)/gi)].map(([, name]) => name));
/** Without the values of attributes that are the page's own texts. */
const bare = (html: string) => html.replace(/ title="[^"]*"/g, "");
const PLAIN = page("plain");

for (const [what, text] of Object.entries(HOSTILE)) {
  test(`${what} stays text`, () => {
    const html = page(text);
    const body = html.replace(/<span class="hidden">(U\+[0-9A-F]+)<\/span>/g, "$1");
    assert.deepEqual(tagsOf(body), tagsOf(PLAIN), "the page has its own tags alone");
    assert.deepEqual(attributesOf(bare(body)), attributesOf(bare(PLAIN)), "and its own attributes");
    assert.equal(html.match(/nonce="abc123"/g)?.length, 2, "the nonce stands on the page's style and script alone");
    assert.doesNotMatch(html.replace(/\n/g, ""), INVISIBLE);
    const message = plainMessage(text);
    assert.doesNotMatch(message, INVISIBLE);
    assert.doesNotMatch(message, /\]\(|\$\(|\n/);
  });
}

test("every page has a policy, and none may load or run anything of others", () => {
  assert.match(PLAIN, /content="default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'nonce-abc123'; script-src 'nonce-abc123'"/);
  const source = (name: string) => readFileSync(join(process.cwd(), "src", name), "utf8");
  assert.match(source("commands/openReport.ts"), /enableScripts: false,[^}]*localResourceRoots: \[\]/);
  assert.match(source("panel/panel.ts"), /enableScripts: true, localResourceRoots: \[\]/);
  assert.doesNotMatch(source("commands/openReport.ts") + source("panel/panel.ts"), /enableCommandUris|isTrusted = true/);
  // Labels, titles and decorations, where VS Code shows icons, or text as it is.
  for (const [name, shown] of [
    ["tree/view.ts", "plainMessage(info.name)"],
    ["panel/panel.ts", "plainMessage(explained.name)"],
    ["commands/openReport.ts", "plainMessage(folder.name)"],
    ["declared/declaredLines.ts", "contentText: plainMessage(label)"],
  ] as const) {
    assert.ok(source(name).includes(shown), name);
  }
  assert.match(source("server/client.ts"), /isTrusted: \{ enabledCommands: \[ServerCommand\.explain\] \}/);
});
