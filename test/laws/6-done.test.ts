import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "./support/lab.ts";

const leaf = <Name extends string>(name: Name) => step(name, (value: unknown) => ({ [name]: value }));
const twoSteps = pipeline().step(leaf("one")).step(leaf("two"));

test("law 6, done: every composite and agent writes one, in the commit of its last outcome; steps and people need none", async () => {
  const lab = new Lab();
  const model = scriptedModel(() => "said");
  const program = pipeline({ name: "p" })
    .step("list", () => [1, 2])
    .map(pipeline().step(leaf("one")), { name: "m" })
    .parallel({ a: agent({ name: "a", model, instructions: "" }), s: leaf("s") }, { name: "both" })
    .branch((): boolean => true, { true: leaf("yes"), false: leaf("no") }, { name: "b" })
    .human("ask", { answer: z.string() });
  await lab.flujo().run(program, "in", RUN);
  await lab.flujo().answer(program, RUN.runId, { value: "fine" });
  const dones = (await lab.journal()).filter(({ type }) => type === "frame-done").map(({ key }) => String(key));
  expect(dones.toSorted()).toEqual(["p/b", "p/both", "p/both/a", "p/m", "p/m[0]", "p/m[1]"]);
  for (const key of dones) {
    const line = lab.log.find((commit) => commit.includes(`done ${key}`)) ?? "";
    expect(line, key).toMatch(/outcome /);
  }
});

test("law 6, done: a resume loads the open frontier, however much lies below what is done", async () => {
  const sizes = [1, 50].map(async (items) => {
    const lab = new Lab();
    const program = pipeline({ name: "p" })
      .step("list", () => Array.from({ length: items }, (_, index) => index))
      .map(twoSteps, { name: "m" })
      .step(leaf("after"))
      .human("ask", { answer: z.string() });
    await lab.flujo().run(program, "in", RUN);
    const all = await lab.journal();
    const open = await lab.inner.openEntries(RUN.runId);
    return { all: all.length, open: open.map(({ type, key }) => `${type} ${key}`) };
  });
  const [small, large] = await Promise.all(sizes);
  expect(large?.all).toBeGreaterThan(150);
  expect(large?.open).toEqual([
    "run-started p",
    "operation-finished p/list",
    "frame-done p/m",
    "operation-finished p/after",
    "decisions-made p/ask/?show",
    "wait-opened p/ask",
  ]);
  expect(small?.open).toEqual(large?.open);
});

test("law 6, done: an output that is an operation's own value is kept by reference, and is back in its place after a resume", async () => {
  const lab = new Lab();
  const long = "x".repeat(500);
  const program = pipeline({ name: "p" })
    .step(
      pipeline({ name: "inner" })
        .step("make", () => ({ long }))
        .branch(() => "go" as const, { go: step("keep", (value: { readonly long: string }) => value) }),
    )
    .human("ask", { answer: z.string() });
  await lab.flujo().run(program, "in", RUN);
  const journal = await lab.journal();
  const inner = journal.find((entry) => entry.type === "frame-done" && entry.key === "p/inner");
  const target = journal.find((entry) => inner?.type === "frame-done" && entry.seq === inner.outputAt);
  expect(inner).toMatchObject({ result: { output: null } });
  expect(target).toMatchObject({ type: "operation-finished", outcome: { value: { long } } });
  expect((await lab.inner.openEntries(RUN.runId)).map(({ key }) => key)).not.toContain(target?.key);
  const result = await lab.flujo().answer(program, RUN.runId, { value: "go" });
  expect(result).toMatchObject({ status: "succeeded", output: { input: { long }, answer: "go" }, steps: [{ output: { long } }, {}] });
});

test("law 6, done: a done frame holds the writes, usage and cost of all below it", async () => {
  const lab = new Lab();
  const Shared = z.object({ notes: z.record(z.string(), z.string()).default({}) });
  const model = scriptedModel([
    { text: "cut", finish: "length" },
    { text: "said", usage: { inputTokens: 7, outputTokens: 3 } },
  ]);
  const write = step({
    name: "write",
    context: Shared,
    run: (value: string, { update }) => {
      update((draft) => {
        draft.notes["a"] = value;
      });
      return value;
    },
  });
  const inner = pipeline({ name: "inner" })
    .step(agent({ name: "a", model, instructions: "" }))
    .step(write);
  const program = pipeline({ name: "p", context: Shared }).step(inner).human("ask", { answer: z.string() });
  const paused = await lab.flujo().run(program, "in", RUN);
  const resumed = await lab.flujo().answer(program, RUN.runId, { value: "go" });
  expect(resumed).toMatchObject({ status: "succeeded", usage: paused.usage, cost: { kind: "unknown" }, context: { notes: { a: "said" } } });
  expect(resumed.steps[0]).toEqual(paused.steps[0]);
  expect(resumed.steps[0]).toMatchObject({
    usage: { modelCalls: 2, outputTokens: 23 },
    writes: [{ op: "set", path: ["notes", "a"], value: "said" }],
  });
});
