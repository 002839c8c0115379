import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import manifest from "../package.json";
import { colorOf, KINDS } from "../src/declared/kinds";
import { LEVELS } from "../src/heatmap/levels";
import { isScored, LANGUAGE_IDS } from "../src/languages";

// The bundled tests run from out/test, so files are found from the folder that npm runs in.
const read = (path: string) => readFileSync(join(process.cwd(), path), "utf8");

interface Generator {
  configuration: (schema: unknown, own: unknown) => unknown;
}

test("the settings mirror the server's schema: npm run settings writes them anew", async () => {
  const generator = (await import(join(process.cwd(), "scripts/settings.mjs"))) as Generator;
  const schema: unknown = JSON.parse(read("../server/codeorigin/settings/settings.schema.json"));
  const own: unknown = JSON.parse(read("scripts/own-settings.json"));
  assert.deepEqual(manifest.contributes.configuration, generator.configuration(schema, own));
});

test("every command of the manifest is registered, and the other way round", () => {
  const source = read("src/commands/index.ts");
  const registered = [...source.matchAll(/^ {2}"(codeorigin\.\w+)":/gm)].map(([, name]) => name);
  assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).sort(), registered.sort());
});

test("no command takes a name that the language client registers for the server", () => {
  const taken = ["rescore", "explain", "acceptFindings", "scanChanges", "status"].map((name) => `codeorigin.${name}`);
  const own = manifest.contributes.commands.map(({ command }) => command);
  assert.deepEqual(
    own.filter((command) => taken.includes(command)),
    [],
  );
});

test("the views that the code fills are those of the manifest, and can be filled from their welcome", () => {
  const source = read("src/tree/view.ts");
  const filled = [...source.matchAll(/VIEW = "(codeorigin\.\w+)"/g)].map(([, name]) => name);
  const { scm } = manifest.contributes.views;
  assert.deepEqual(scm.map(({ id }) => id).sort(), filled.sort());
  const commands = new Set(manifest.contributes.commands.map(({ command }) => command));
  for (const { contents } of manifest.contributes.viewsWelcome) {
    for (const [, command] of contents.matchAll(/\(command:(codeorigin\.\w+)\)/g)) {
      assert.ok(commands.has(command ?? ""), contents);
    }
  }
});

test("settings that choose what is run or loaded are restricted in untrusted folders", () => {
  const all = manifest.contributes.configuration.flatMap(({ properties }) =>
    Object.entries<{ scope: string }>(properties),
  );
  const dangerous = all.filter(([, { scope }]) => scope.startsWith("machine")).map(([name]) => name);
  const named = ["codeorigin.modelPath", "codeorigin.server.interpreter", "codeorigin.server.path"];
  assert.deepEqual(dangerous.toSorted(), named);
  assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.toSorted(), named);
});

test("the extension wakes up for the languages and documents that it reads", () => {
  assert.deepEqual(
    manifest.activationEvents,
    [...LANGUAGE_IDS, "plaintext"].map((language) => `onLanguage:${language}`),
  );
});

test("entries of menus are there for all of these languages", () => {
  const conditions = [...JSON.stringify(manifest.contributes).matchAll(/editorLangId =~ \/\^\(([^)]*)\)\$\//g)];
  assert.ok(conditions.length > 0);
  for (const [, languages] of conditions) {
    assert.deepEqual(languages?.split("|").toSorted(), [...LANGUAGE_IDS].toSorted());
  }
});

test("documents without a supported language are sent only if they are untitled", () => {
  const untitled = { languageId: "plaintext", uri: { scheme: "untitled" } };
  assert.ok(isScored(untitled));
  assert.ok(!isScored({ ...untitled, uri: { scheme: "file" } }));
  assert.ok(!isScored({ languageId: "markdown", uri: { scheme: "file" } }));
  assert.ok(isScored({ languageId: "go", uri: { scheme: "file" } }));
});

test("every level and kind of record has its colour in all four kinds of theme, and every level its icon", () => {
  const colors = new Map(manifest.contributes.colors.map(({ id, defaults }) => [id, defaults]));
  const ids = [
    "codeorigin.llm",
    "codeorigin.human",
    ...LEVELS.map((level) => `codeorigin.${level}Background`),
    ...KINDS.map(colorOf),
  ];
  for (const id of ids) {
    const { dark, light, highContrast, highContrastLight } = colors.get(id) ?? {};
    assert.ok(dark && light && highContrast && highContrastLight, id);
  }
  for (const level of LEVELS) {
    assert.ok(existsSync(join(process.cwd(), `media/gutter/${level}.svg`)));
  }
});

test("the versions of extension and server are the same", () => {
  const [, version] = /__version__ = "([^"]+)"/.exec(read("../server/codeorigin/__init__.py")) ?? [];
  assert.equal(manifest.version, version);
});

test("pages of the walkthrough are there, and its steps tick by what is so", () => {
  const steps = read("src/walkthrough.ts");
  for (const { media, completionEvents } of manifest.contributes.walkthroughs.flatMap(({ steps }) => steps)) {
    assert.ok(existsSync(join(process.cwd(), media.markdown)), media.markdown);
    const [, name] = /^onContext:codeorigin\.seen\.(\w+) /.exec(completionEvents[0] ?? "") ?? [];
    assert.ok(name !== undefined && steps.includes(`"${name}"`), completionEvents[0]);
    const expected = ["once", "again"].map((value) => `onContext:codeorigin.seen.${name} == ${value}`);
    assert.deepEqual(completionEvents, expected);
  }
});
