import { expect, test } from "vitest";
import { cached, pipeline, step } from "../../src/index.ts";
import { Stage } from "./support/stage.ts";

/** A step that notes what it is given, and says it once more. */
function twice(stage: Stage, name = "twice") {
  return step(name, (value: unknown) => {
    stage.note(`${name} ${JSON.stringify(value)}`);
    return `${String(value)} ${String(value)}`;
  });
}

test("CACHE-1: its program, under path/run, is given what it is given; where the same is asked again its outcome is recalled, and the metadata say which", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(cached(twice(stage), { name: "kept" }));
  expect(await stage.run(program)).toMatchObject({
    output: "in in",
    steps: [{ path: "p/kept", name: "kept", metadata: { cache: "miss" } }],
  });
  expect(await stage.run(program, "in", { runId: "run-2" })).toMatchObject({ output: "in in", steps: [{ metadata: { cache: "hit" } }] });
  expect(await stage.run(program, "other", { runId: "run-3" })).toMatchObject({
    output: "other other",
    steps: [{ metadata: { cache: "miss" } }],
  });
  expect(stage.notes).toEqual(['twice "in"', 'twice "other"']);
  expect((await stage.entries()).flatMap((entry) => (entry.type === "operation-finished" ? [entry.key] : []))).toEqual(["p/kept/run"]);
});
