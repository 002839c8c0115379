import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import { check } from "../src/commands/report";
import { createEnvironment, EnvironmentError } from "../src/server/environment";
import { findServer } from "../src/server/launch";
import { isolated, locate, probe, run } from "../src/server/programs";

const SOURCES = join(process.cwd(), "src");

function program(file: string, text: string): string {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A workspace with programs of all names that the extension may start; each leaves a file `ran`. The names are looked for in it. */
async function inHostileWorkspace(work: (workspace: string, trusted: string) => Promise<unknown>): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), "hostile-"));
  const trusted = mkdtempSync(join(tmpdir(), "trusted-"));
  for (const name of ["codeorigin", "git", "sh", "python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"]) {
    program(join(workspace, name), `echo codeorigin 9.9.9; echo ran > "${join(workspace, "ran")}"`);
  }
  mkdirSync(join(workspace, "bin"));
  program(join(workspace, "bin", "codeorigin"), `echo codeorigin 9.9.9; echo ran > "${join(workspace, "ran")}"`);
  const [before, path] = [process.cwd(), process.env.PATH];
  process.chdir(workspace);
  process.env.PATH = ["", ".", "bin", trusted, ""].join(delimiter);
  try {
    await work(workspace, trusted);
  } finally {
    process.chdir(before);
    process.env.PATH = path;
  }
  assert.ok(!existsSync(join(workspace, "ran")), "the workspace's program ran");
}

const NOTHING = { path: undefined, interpreter: undefined, managed: undefined, selected: () => Promise.resolve(undefined) };

for (const [what, candidates] of Object.entries({
  "the name on the PATH": {},
  "a bare server.path": { path: "codeorigin" },
  "a relative server.path": { path: "./codeorigin" },
  "a server.path in a folder": { path: "bin/codeorigin" },
  "a bare server.interpreter": { interpreter: "python3" },
  "a relative selected interpreter": { selected: () => Promise.resolve("./python3") },
})) {
  test(`${what} starts nothing of the workspace`, () =>
    inHostileWorkspace(async () => {
      const answer = await findServer({ ...NOTHING, ...candidates }, probe, locate);
      assert.ok("tried" in answer);
      assert.match(answer.tried.join(), /neither an absolute path nor a command/);
    }));
}

test("what is probed is what the report starts: an absolute file", () =>
  inHostileWorkspace(async (workspace, trusted) => {
    const real = program(join(trusted, "codeorigin"), `echo codeorigin 1.0.0; echo "$@" > "${join(trusted, "asked")}"`);
    const answer = await findServer(NOTHING, probe, locate);
    assert.ok("launch" in answer);
    assert.equal(answer.launch.command, real);
    const { signal } = new AbortController();
    await check(answer.launch, "/tmp/report.html", ["--model", "m"], workspace, signal);
    assert.equal(readFileSync(join(trusted, "asked"), "utf8"), "check --format html=/tmp/report.html --model m .\n");
    await assert.rejects(check({ ...answer.launch, command: "codeorigin" }, "/tmp/report.html", [], workspace, signal));
  }));

test("a script's own interpreter is not looked for in the workspace either", () =>
  inHostileWorkspace(async (workspace, trusted) => {
    const script = join(trusted, "codeorigin");
    writeFileSync(script, "#!/usr/bin/env python3\n");
    chmodSync(script, 0o755);
    await run(script, [], { cwd: workspace });
  }));

test("no Python of the workspace makes the environment", () =>
  inHostileWorkspace(async (workspace) => {
    const abort = { signal: new AbortController().signal, log: () => undefined, step: () => undefined };
    await assert.rejects(createEnvironment(join(workspace, "environment"), "/w.whl", "./python3", abort), EnvironmentError);
  }));

test("Python imports nothing from the folder where a program runs, nor from its variables", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hostile-"));
  for (const name of ["json", "signal", "pickle", "sitecustomize"]) {
    writeFileSync(join(folder, `${name}.py`), `open(${JSON.stringify(join(folder, "ran"))}, "w")\n`);
  }
  const outside = { ...process.env, PYTHONPATH: folder, PYTHONHOME: folder, PYTHONSTARTUP: join(folder, "json.py") };
  const { env } = isolated(folder, outside);
  assert.deepEqual(Object.keys(env).filter((name) => name.startsWith("PYTHON")), ["PYTHONSAFEPATH"]);
  const python = locate("python3");
  assert.ok(python);
  const { lines } = await run(python, ["-c", "import json, pickle; print(json.dumps([1]))"], { cwd: folder });
  assert.deepEqual(lines, ["[1]"]);
  assert.ok(!readdirSync(folder).includes("ran"));
});

test("a program runs in the home folder unless it needs another", () => {
  assert.equal(isolated().cwd, homedir());
  assert.equal(isolated("/work").cwd, "/work");
});

test("one file starts programs, and the language client starts what was located", () => {
  const sources = (readdirSync(SOURCES, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts"));
  const holding = (text: RegExp) => sources.filter((name) => text.test(readFileSync(join(SOURCES, name), "utf8")));
  assert.deepEqual(holding(/child_process/), [join("server", "programs.ts")]);
  assert.deepEqual(holding(/new LanguageClient/), [join("server", "client.ts")]);
  assert.match(readFileSync(join(SOURCES, "server", "client.ts"), "utf8"), /command: launch\.command, args, options: isolated\(\)/);
  assert.match(readFileSync(join(SOURCES, "server", "control.ts"), "utf8"), /findServer\(this\.candidates\(\), probe, locate\)/);
});
