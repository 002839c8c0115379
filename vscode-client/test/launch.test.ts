import assert from "node:assert/strict";
import { test } from "node:test";

import { findServer, type Candidates } from "../src/server/launch";

/** Stands for the PATH: the bare name is found in one folder. */
const locate = (command: string) => (command === "codeorigin" ? "/path/codeorigin" : command);

/** A probe that knows which commands hold a server, and remembers what it was asked. */
function probing(...working: string[]) {
  const asked: string[] = [];
  return {
    asked,
    probe: (command: string, args: string[]) => {
      asked.push([command, ...args].join(" "));
      return Promise.resolve(working.includes(command) ? { version: "0.1.0" } : { failure: "there is no such command" });
    },
  };
}

function sources(found: Partial<Omit<Candidates, "selected">> & { selected?: string } = {}): Candidates {
  const { selected, ...rest } = found;
  return { path: undefined, interpreter: undefined, managed: undefined, ...rest, selected: () => Promise.resolve(selected) };
}

test("the selected interpreter comes before the own environment and the PATH", async () => {
  const { probe, asked } = probing("/selected/python", "/own/python", "/path/codeorigin");
  const answer = await findServer(sources({ selected: "/selected/python", managed: "/own/python" }), probe, locate);
  assert.deepEqual(answer, {
    launch: { command: "/selected/python", args: ["-I", "-m", "codeorigin"], origin: "Python extension" },
    version: "0.1.0",
  });
  assert.deepEqual(asked, ["/selected/python -I -m codeorigin --version"]);
});

test("an interpreter without the server is passed over", async () => {
  const { probe } = probing("/path/codeorigin");
  const answer = await findServer(sources({ selected: "/selected/python", managed: "/own/python" }), probe, locate);
  assert.ok("launch" in answer);
  assert.deepEqual(answer.launch, { command: "/path/codeorigin", args: [], origin: "PATH" });
});

test("a configured path is used as it is", async () => {
  const { probe } = probing("/bin/codeorigin", "/configured/python");
  const answer = await findServer(sources({ path: "/bin/codeorigin", interpreter: "/configured/python" }), probe, locate);
  assert.ok("launch" in answer);
  assert.deepEqual(answer.launch, { command: "/bin/codeorigin", args: [], origin: "path setting" });
});

test("a configured server that does not work is an error, not a reason to start another one", async () => {
  const { probe, asked } = probing("/path/codeorigin");
  const answer = await findServer(sources({ interpreter: "/gone/python" }), probe, locate);
  assert.deepEqual(answer, {
    tried: ["interpreter setting: /gone/python -I -m codeorigin: there is no such command"],
    isConfigured: true,
  });
  assert.equal(asked.length, 1);
});

test("when nothing is found, everything that was tried is named", async () => {
  const { probe } = probing();
  const answer = await findServer(sources({ selected: "/selected/python" }), probe, locate);
  assert.ok("tried" in answer);
  assert.equal(answer.isConfigured, false);
  assert.deepEqual(
    answer.tried.map((line) => line.split(":")[0]),
    ["Python extension", "PATH"],
  );
});
