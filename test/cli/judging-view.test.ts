import { expect, test } from "vitest";
import { Flujo, gate, pipeline, reducers, refine, step } from "../../src/index.ts";
import { notesOf } from "../../src/cli/terminal/node-notes.ts";
import { viewOf } from "../../src/model/run-view.ts";
import { nodeAt } from "../../src/model/view-tree.ts";
import { ManualClock } from "../../src/testing/index.ts";

const grow = step("grow", (text: string, { feedback }) => `${text}${feedback === null ? "" : "!"}`);
const judge = step("judge", ({ artifact }: { readonly artifact: string }) => artifact.endsWith("!"));
const program = pipeline({ name: "p" })
  .step(refine({ name: "r", generate: grow, critique: judge, maxIterations: 3 }))
  .step("text", ({ artifact }) => artifact)
  .step(refine({ name: "asked", generate: grow, critique: judge, maxIterations: 1, accept: () => false }))
  .step(gate({ name: "g", judges: { yes: step("yes", () => true), no: step("no", () => false) }, needs: 1, concurrency: 1 }))
  .parallel({ a: step("a", () => 1), b: step("b", () => 2) }, { name: "two", reduce: reducers.judge(step("pick", () => 3)) });

test("refines and gates are known for what they are, by the journal alone, and say how they went", async () => {
  await using flujo = new Flujo({ state: "memory", clock: new ManualClock() });
  expect(await flujo.run(program, "hey", { runId: "r" })).toMatchObject({ status: "succeeded", output: 3 });
  const entries = await flujo.entries("r");
  const { root } = viewOf(entries, "r");
  const at = (path: string) => (root === null ? null : nodeAt(root, path));
  const about = (path: string) => {
    const node = at(path);
    return node === null ? null : [node.kind, ...notesOf(node)];
  };
  expect(about("p/r")).toEqual(["refine", "2 times"]);
  expect(about("p/asked")).toEqual(["refine", "1 time, and not accepted by then"]);
  expect(about("p/g")).toEqual(["gate", "1 of 1 vote for it"]);
  expect(at("p/r[1]/critique")).toMatchObject({ name: "judge", kind: "step", output: true });
  expect(at("p/two/reduce")).toMatchObject({ name: "pick", output: 3 });
  const asked = entries.findIndex(
    (entry) => entry.type === "decisions-made" && entry.decisions.some(({ key }) => key === "p/asked[0]/?accept"),
  );
  const meanwhile = viewOf(entries.slice(0, asked + 1), "r").root;
  expect(meanwhile === null ? null : nodeAt(meanwhile, "p/asked")).toMatchObject({ kind: "refine", status: "running" });
});
