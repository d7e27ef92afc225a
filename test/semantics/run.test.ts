import { expect, test } from "vitest";
import { z } from "zod";
import { agent, context, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, sets, shared } from "./support/context.ts";
import { echo, fails, RUN_ID, Stage } from "./support/stage.ts";

test("RUN-1: the input is checked before there is a run, and the first member is given what the schema makes of it", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p", input: z.object({ n: z.coerce.number() }) }).step("see", ({ n }) => [n]);
  await expect(stage.run(program, { n: "many" })).rejects.toMatchObject({ code: "input_invalid" });
  expect(await stage.store.findRun(RUN_ID)).toBeNull();
  expect(await stage.run(program, { n: "7" })).toMatchObject({ output: [7] });
});

test("RUN-2: the output is that of the last member, and only a run that succeeded has one", async () => {
  const done = await new Stage().run(pipeline({ name: "p" }).step(echo("a")).step(echo("b")));
  expect(done).toMatchObject({ status: "succeeded", output: "b a in" });
  expect(done.unwrap()).toBe("b a in");
  const failed = await new Stage().run(pipeline({ name: "p" }).step(fails("a")));
  expect(failed).not.toHaveProperty("output");
  expect(() => failed.unwrap()).toThrow(expect.objectContaining({ code: "step_failed" }));
});

test("RUN-3: the context begins as the schema makes it of what was given, and ends with all that was written", async () => {
  const program = shared().step(sets("set", "ada")).step(logs("add", "one"));
  expect(await new Stage().run(program, "in", { context: { sum: 41 } })).toMatchObject({
    status: "succeeded",
    context: { who: "ada", deep: {}, log: ["one"], sum: 42 },
  });
  const stage = new Stage();
  await expect(stage.run(program, "in", { context: { sum: "many" } })).rejects.toMatchObject({ code: "context_invalid" });
  expect(await stage.store.findRun(RUN_ID)).toBeNull();
});

test("RUN-4: where a run does not succeed, its context has what the root's members that did have written", async () => {
  const inner = pipeline().step(sets("lost", "nobody knows")).step(fails("fails"));
  expect(await new Stage().run(shared().step(sets("set", "ada")).step(inner))).toMatchObject({
    status: "failed",
    context: { who: "ada" },
  });
});

test("RUN-5: a context that was written to is checked as a whole at the end of the run", async () => {
  const Even = context(z.object({ a: z.number(), b: z.number() }).refine(({ a, b }) => a === b, "a and b differ"));
  const program = pipeline({ name: "p", context: Even }).step(
    step({ name: "change", context: Even, run: (_: string, { update }) => update((draft) => void (draft.a = 2)) }),
  );
  expect(await new Stage().run(program, "in", { context: { a: 1, b: 1 } })).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", message: expect.stringContaining("a and b differ") },
  });
});

test("RUN-6: initialPrompt is the run's input, text as it is and everything else as JSON, everywhere in the run", async () => {
  const ask = step("ask", (_: unknown, { initialPrompt }) => initialPrompt);
  const program = pipeline({ name: "p" })
    .step("other", () => ["another"])
    .map(pipeline().step(ask));
  expect(await new Stage().run(program, "hello")).toMatchObject({ output: ["hello"] });
  expect(await new Stage().run(program, { a: [1, null] })).toMatchObject({ output: ['{"a":[1,null]}'] });
});

test("RUN-7: usage and cost count every call once, those of failed attempts and lost branches too", async () => {
  const paid = (name: string, tokens: number) =>
    agent({ name, instructions: "", model: scriptedModel(() => ({ text: "said", usage: { inputTokens: tokens, outputTokens: 1 } })) });
  const lost = pipeline().step(paid("one", 10)).step(fails("fails"));
  const program = pipeline({ name: "p" })
    .parallel({ lost, kept: paid("two", 5) }, { onFailure: "ignore" })
    .step(paid("three", 1));
  const result = await new Stage().run(program);
  expect(result).toMatchObject({
    status: "succeeded",
    usage: { inputTokens: 16, outputTokens: 3, modelCalls: 3 },
    cost: { kind: "unknown" },
  });
});

test("RUN-8: what a step does wrong is the result's failure, and nothing is thrown", async () => {
  const result = await new Stage().run(pipeline({ name: "p" }).step(echo("a")).step(fails("b")).step(echo("c")));
  expect(result).toMatchObject({ status: "failed", failure: { code: "step_failed", path: "p/b", message: "p/b: b fails" } });
  expect(result.steps.map(({ name, status }) => [name, status])).toEqual([
    ["a", "succeeded"],
    ["b", "failed"],
  ]);
});

test("RUN-9: closing parks a run as stopped, and a resume gives what an undisturbed run gives, repeating nothing that was recorded", async () => {
  const stage = new Stage();
  const program = shared()
    .step(logs("a"))
    .step("count", () => stage.note("count"))
    .step(stage.door())
    .step(logs("b"));
  await stage.park(program);
  const resumed = await stage.resume(program);
  expect(stage.notes).toEqual(["count", "door", "door"]);
  expect(resumed).toMatchObject({ status: "succeeded", context: { log: ["a", "b"], sum: 2 } });
  expect(resumed.steps.map(({ name }) => name)).toEqual(["a", "count", "door", "b"]);
});

test("RUN-10: the result of a run at rest can be read from its journal alone, and a resume of one that has ended gives it again", async () => {
  const stage = new Stage();
  let calls = 0;
  const program = shared()
    .step(logs("a"))
    .step("count", () => {
      calls++;
      return "once";
    });
  const result = await stage.run(program);
  expect(await stage.flujo().result(RUN_ID)).toEqual(result);
  expect(await stage.resume(program)).toEqual(result);
  expect(calls).toBe(1);
});
