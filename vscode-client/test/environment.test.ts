import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { bundledWheel, createEnvironment, EnvironmentError, interpreterIn, isOutdated } from "../src/server/environment";

const WHEEL = "/wheels/codeorigin-0.1.0-py3-none-any.whl";

/** A stand-in for Python: makes a "venv" whose own Python ends as `pip` says. */
function fakePython(pip: string): { python: string; folder: string } {
  const root = mkdtempSync(join(tmpdir(), "codeorigin-test-"));
  const python = join(root, "python3");
  const folder = join(root, "environment");
  writeFileSync(
    python,
    `#!/bin/sh
case "$*" in
  *version_info*) exit 0 ;;
  *"-m venv"*) mkdir -p "${folder}/bin" && printf '#!/bin/sh\\n${pip}\\n' > "${folder}/bin/python" && chmod +x "${folder}/bin/python" ;;
esac
`,
  );
  chmodSync(python, 0o755);
  return { python, folder };
}

function abort() {
  const lines: string[] = [];
  const steps: string[] = [];
  const controller = new AbortController();
  return { lines, steps, step: (text: string) => steps.push(text), controller, signal: controller.signal, log: (line: string) => lines.push(line) };
}

test("an environment is there once the installation is finished", async () => {
  const { python, folder } = fakePython("echo Collecting onnxruntime-1.x; echo Installing collected packages: numpy; echo Installed \"$*\"");
  const watch = abort();
  assert.equal(interpreterIn(folder), undefined);
  await createEnvironment(folder, WHEEL, python, watch);
  assert.equal(interpreterIn(folder), join(folder, "bin", "python"));
  assert.ok(watch.lines.some((line) => line.startsWith("Installed") && line.endsWith(WHEEL)));
  assert.deepEqual(watch.steps, [
    "Looking for Python 3.11 or newer",
    "Making a virtual environment",
    "Installing the server",
    "Fetching onnxruntime-1.x",
    "Installing its libraries",
  ]);
  assert.equal(isOutdated(folder, WHEEL), false);
  assert.equal(isOutdated(folder, "/wheels/codeorigin-0.2.0-py3-none-any.whl"), true);
});

test("a failed installation leaves nothing behind and says why", async () => {
  const { python, folder } = fakePython("echo no matching distribution >&2; exit 1");
  const watch = abort();
  await assert.rejects(createEnvironment(folder, WHEEL, python, watch), (error: Error) => {
    assert.ok(error instanceof EnvironmentError);
    assert.equal(error.message, "the server could not be installed; the log has what was said");
    assert.ok(watch.lines.includes("no matching distribution"));
    return true;
  });
  assert.equal(existsSync(folder), false);
});

test("a cancelled installation leaves nothing behind", async () => {
  const { python, folder } = fakePython("echo working; exec sleep 60");
  const watch = abort();
  const log = () => {
    watch.controller.abort();
  };
  await assert.rejects(createEnvironment(folder, WHEEL, python, { ...watch, log }), { name: "AbortError" });
  assert.equal(existsSync(folder), false);
});

test("the wheel in the extension's folder is found by its name", () => {
  const folder = mkdtempSync(join(tmpdir(), "codeorigin-test-"));
  assert.equal(bundledWheel(join(folder, "none")), undefined);
  mkdirSync(join(folder, "bundled"));
  assert.equal(bundledWheel(join(folder, "bundled")), undefined);
  const wheel = join(folder, "bundled", "codeorigin-0.1.0-py3-none-any.whl");
  writeFileSync(wheel, "");
  assert.equal(bundledWheel(join(folder, "bundled")), wheel);
});
