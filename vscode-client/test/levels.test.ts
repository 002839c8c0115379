import assert from "node:assert/strict";
import { test } from "node:test";

import { levelOf, paint, Painting } from "../src/heatmap/levels";
import { attributions, explained, line } from "./samples";

test("strength follows the share of the strongest line, direction the sign", () => {
  assert.deepEqual(levelOf({ value: 0.9, weight: 1 }), "llm3");
  assert.deepEqual(levelOf({ value: 0.4, weight: 0.5 }), "llm2");
  assert.deepEqual(levelOf({ value: -0.1, weight: -0.1 }), "human1");
  assert.equal(levelOf({ value: 0.05, weight: 0.05 }), undefined);
});

test("evidence that says nothing is not painted, even if it is all that there is", () => {
  assert.equal(levelOf({ value: 0.004, weight: 1 }), undefined);
});

test("lines of all explained functions are painted", () => {
  const answer = attributions(
    explained("first", [line(3, 0.9, 1), line(4, 0, 0)]),
    explained("second", [line(9, -0.3, -1)]),
    { ...explained("third", []), explanation: null },
  );
  assert.deepEqual(
    [...paint(answer)],
    [
      [3, "llm3"],
      [9, "human3"],
    ],
  );
});

test("lines without an answer are asked for again, those with one are not", async () => {
  const painting = new Painting();
  let asked = 0;
  const answers = [
    () => Promise.reject(new Error("the server has stopped")),
    () => Promise.resolve(null),
    () => Promise.resolve(attributions(explained("f", [line(3, 0.9, 1)]))),
  ];
  const ask = () => (answers[asked++] ?? (() => Promise.reject(new Error("not to be asked"))))();
  await assert.rejects(painting.fill(0, 9, ask));
  await painting.fill(0, 9, ask);
  assert.equal(painting.lines.size, 0);
  await painting.fill(0, 9, ask);
  await painting.fill(2, 8, ask);
  assert.deepEqual([asked, ...painting.lines.keys()], [3, 3]);
});
