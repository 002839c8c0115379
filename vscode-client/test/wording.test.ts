import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** Words and formats of verdicts and evidence, which are the server's. */
const WORDS = /towards|likely|evidence by|strongest|\bband |[\d}] ?%|\breported`|toLocale|percent(?!age)/i;
/** Where a number is a length in a drawing. */
const DRAWN = /const (width|x) = /;

const source = join(process.cwd(), "src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));

/** Texts in quotes, outside of comments; values that are put in are no part of them. */
function texts(code: string): string[] {
  const bare = code.replace(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/.*$/gm, "");
  return [...bare.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g)].map(([text]) => text.replace(/\$\{[^{}]*\}/g, "0"));
}

test("the client has no words of its own for verdicts and evidence", () => {
  assert.ok(files.length > 30);
  for (const name of files) {
    const code = readFileSync(join(source, name), "utf8");
    const found = texts(code.replace(/const STYLE = `[^`]*`/, "")).filter((text) => WORDS.test(text));
    assert.deepEqual(found, [], name);
    const rounded = code.split("\n").filter((line) => line.includes("toFixed") && !DRAWN.test(line));
    assert.deepEqual(rounded, [], name);
  }
});
