import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { isolated } from "../src/server/programs";

const SOURCES = join(process.cwd(), "src");

test("Python imports nothing from the folder where a program runs, nor from PYTHONPATH", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  for (const name of ["json", "signal", "pickle", "sitecustomize"]) {
    writeFileSync(join(folder, `${name}.py`), `open(${JSON.stringify(join(folder, "ran"))}, "w")\n`);
  }
  const options = isolated(folder, { ...process.env, PYTHONPATH: folder });
  const shown = await new Promise<string>((resolve, reject) => {
    execFile("python3", ["-c", "import json, pickle; print(json.dumps([1]))"], options, (error, stdout) => {
      if (error) {
        reject(new Error(error.message));
      } else {
        resolve(stdout.trim());
      }
    });
  });
  assert.equal(shown, "[1]");
  assert.ok(!readdirSync(folder).includes("ran"));
});

test("a program runs in the home folder unless it needs another", () => {
  assert.equal(isolated().cwd, homedir());
  assert.equal(isolated("/work").cwd, "/work");
});

test("every file that starts a program does so with these options", () => {
  const starting = (readdirSync(SOURCES, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".ts"))
    .filter((name) => /node:child_process|Executable\b|new LanguageClient/.test(readFileSync(join(SOURCES, name), "utf8")));
  assert.ok(starting.length >= 4);
  for (const name of starting) {
    assert.match(readFileSync(join(SOURCES, name), "utf8"), /isolated\(/, name);
  }
});
