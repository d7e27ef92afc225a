import { expect, test } from "vitest";
import { z } from "zod";
import { agent, context, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, looks, sets, Shared, shared } from "./support/context.ts";
import { fails, Stage } from "./support/stage.ts";

test("NEST-1: a pipeline as a step is given the value before it and gives its own output; its name, or `pipeline`, is part of the path", async () => {
  const where = step("where", (value: unknown, { path }) => `${path} ${String(value)}`);
  const program = pipeline({ name: "p" })
    .step(pipeline({ name: "inner" }).step(where))
    .step(pipeline().step(where));
  expect(await new Stage().run(program)).toMatchObject({
    output: "p/pipeline/where p/inner/where in",
    steps: [{ name: "inner" }, { name: "pipeline" }],
  });
});

test("NEST-2: it inherits the context: its steps see what those before it wrote, and those after it what its own did", async () => {
  const inner = pipeline({ name: "inner", context: Shared }).step(logs("inside")).step(looks("see"));
  const program = shared()
    .step(logs("before"))
    .step(inner)
    .step("both", (seen: string, { context }) => [seen, context.log]);
  expect(await new Stage().run(program)).toMatchObject({ output: ["nobody before,inside", ["before", "inside"]] });
});

test("NEST-3: with the context it inherits initialPrompt: that of the run", async () => {
  const ask = step("ask", (_: unknown, { initialPrompt }) => initialPrompt);
  const inner = pipeline({ name: "inner" }).step(ask);
  expect(
    await new Stage().run(
      pipeline({ name: "p" })
        .step("other", () => "not the prompt")
        .step(inner),
      "the prompt",
    ),
  ).toMatchObject({
    output: "the prompt",
  });
});

test("NEST-4: an input schema of its own is checked when it is entered, as a step called input", async () => {
  const inner = pipeline({ name: "inner", input: z.object({ n: z.coerce.number() }) }).step("see", ({ n }) => n + 1);
  const program = (n: string) =>
    pipeline({ name: "p" })
      .step("make", () => ({ n }))
      .step(inner);
  expect(await new Stage().run(program("41"))).toMatchObject({ output: 42 });
  expect(await new Stage().run(program("many"))).toMatchObject({
    status: "failed",
    failure: { code: "input_invalid", path: "p/inner/input" },
  });
});

test("NEST-5: its failure is that of the step in it, by its whole path, and what was written in it before is lost", async () => {
  const inner = pipeline({ name: "inner" }).step(logs("lost")).step(fails("no"));
  expect(await new Stage().run(shared().step(logs("kept")).step(inner))).toMatchObject({
    status: "failed",
    failure: { path: "p/inner/no", message: "p/inner/no: no fails" },
    context: { log: ["kept"] },
  });
});

test("NEST-6: a question in it pauses the whole run, and after the answer it goes on inside", async () => {
  const stage = new Stage();
  const inner = pipeline({ name: "inner" })
    .step("before", (value: unknown) => {
      stage.note("before");
      return value;
    })
    .human("ask", { answer: z.string() });
  const program = pipeline({ name: "p" })
    .step(pipeline({ name: "middle" }).step(inner))
    .step("after", ({ answer }) => `${answer}!`);
  expect(await stage.run(program)).toMatchObject({ status: "paused", pauses: [{ id: "p/middle/inner/ask" }] });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", output: "yes!" });
  expect(stage.notes).toEqual(["before"]);
});

const Inner = context(z.object({ topic: z.string(), notes: z.array(z.string()).default([]) }), { notes: "append" });

/** Notes what it sees, gives its prompt. */
const digs = step({
  name: "digs",
  context: Inner,
  run: (value: unknown, { context: { topic }, contribute, initialPrompt }) => {
    contribute("notes", `${topic}: ${String(value)}`);
    return initialPrompt;
  },
});

const research = pipeline({ name: "research", context: Inner }).step(digs);

test("NEST-7: with a mapping it has a context of its own, which begins as `in` says of the outer context and the input, checked by its schema", async () => {
  const mapped = (topic: (who: string) => unknown) =>
    shared()
      .step(sets("set", "ada"))
      .step(research, {
        context: {
          in: ({ who }, input) => ({ topic: topic(who) as never, notes: [String(input)] }),
          out: ({ notes }) => ({ who: notes.join("; ") }),
        },
      });
  expect(await new Stage().run(mapped((who) => who))).toMatchObject({ status: "succeeded", context: { who: "in; ada: in", log: [] } });
  expect(await new Stage().run(mapped(() => 7))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid" },
    steps: [{}, { path: "p/research" }],
    context: { who: "ada" },
  });
});

test("NEST-8: inside, initialPrompt is the nested run's own input, text as it is and everything else as JSON", async () => {
  const program = pipeline({ name: "p" })
    .step("make", (value: string) => (value === "text" ? "a text" : { b: 1, a: [value] }))
    .step(research, { context: { in: () => ({ topic: "x" }) } });
  expect(await new Stage().run(program, "text")).toMatchObject({ output: "a text" });
  expect(await new Stage().run(program, "in")).toMatchObject({ output: '{"a":["in"],"b":1}' });
});

test("NEST-9: when it has succeeded, `out` says which fields of the outer context are set; without it nothing of it is seen outside", async () => {
  const start = { context: { in: () => ({ topic: "x" }) } };
  const { context: seen } = await new Stage().run(shared().step(logs("one")).step(research, start));
  expect(seen).toEqual({ who: "nobody", deep: {}, log: ["one"], sum: 1 });
  const out = ({ notes }: { readonly notes: readonly string[] }, { log }: { readonly log: readonly string[] }) => ({
    who: `${notes.length} ${log.length}`,
  });
  expect(
    await new Stage().run(
      shared()
        .step(logs("one"))
        .step(research, { context: { ...start.context, out } }),
    ),
  ).toMatchObject({
    context: { who: "1 1", log: ["one"] },
  });
  const wrong = { context: { ...start.context, out: () => ({ who: 7 as never }) } };
  expect(await new Stage().run(shared().step(research, wrong))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid" },
  });
});

test("NEST-10: its own context is checked as a whole when it has ended", async () => {
  const Strict = context(z.object({ n: z.number() }).refine(({ n }) => n < 2, "too much"));
  const inner = pipeline({ name: "inner", context: Strict }).step(
    step({ name: "add", context: Strict, run: (_: unknown, { update }) => update((draft) => void (draft.n += 1)) }),
  );
  const program = (n: number) => pipeline({ name: "p" }).step(inner, { context: { in: () => ({ n }) } });
  expect(await new Stage().run(program(0))).toMatchObject({ status: "succeeded" });
  expect(await new Stage().run(program(1))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", message: expect.stringContaining("too much") },
  });
});

test("NEST-11: a mapping that throws fails it as decision_failed; where it fails, nothing of it is seen outside", async () => {
  const broken = (): never => {
    throw new Error("no idea");
  };
  for (const mapping of [{ in: broken }, { in: () => ({ topic: "x" }), out: broken }])
    expect(await new Stage().run(shared().step(logs("one")).step(research, { context: mapping }))).toMatchObject({
      status: "failed",
      failure: { code: "decision_failed", message: expect.stringContaining("no idea") },
      steps: [{}, { path: "p/research" }],
      context: { log: ["one"], who: "nobody" },
    });
});

test("NEST-12: what it used counts, and a resume asks no mapping again and repeats nothing", async () => {
  const stage = new Stage();
  const inner = pipeline({ name: "inner", context: Inner }).step(digs).step(stage.door());
  const program = shared()
    .step(inner, {
      context: {
        in: () => {
          stage.note("in");
          return { topic: "x" };
        },
        out: ({ notes }: { readonly notes: readonly string[] }) => {
          stage.note("out");
          return { who: notes.join() };
        },
      },
    })
    .human("ask", { answer: z.string() });
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ status: "paused" });
  expect(await stage.answer(program, "yes")).toMatchObject({ status: "succeeded", context: { who: "x: in" } });
  expect(stage.notes).toEqual(["in", "door", "door", "out"]);
});

test("NEST-13: its usage and cost are those of what ran in it, also where it fails", async () => {
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "said") });
  const start = { context: { in: () => ({ topic: "x" }) } };
  const inner = pipeline({ name: "inner", context: Inner }).step(ask);
  expect(await new Stage().run(pipeline({ name: "p" }).step(inner, start))).toMatchObject({
    steps: [{ path: "p/inner", usage: { modelCalls: 1 }, cost: { kind: "unknown" } }],
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(inner.step(fails("no")), start))).toMatchObject({
    steps: [{ path: "p/inner", status: "failed", usage: { modelCalls: 1 }, cost: { kind: "unknown" } }],
  });
});

test("NEST-12: an output of null is null after a resume, too", async () => {
  const nothing = step({
    name: "nothing",
    context: Inner,
    run: (_: unknown, { contribute }) => {
      contribute("notes", "one");
      return null;
    },
  });
  const program = pipeline({ name: "p" })
    .step(pipeline({ name: "inner", context: Inner }).step(nothing), { context: { in: () => ({ topic: "x" }) } })
    .human("ask", { answer: z.string() });
  const stage = new Stage();
  await stage.run(program);
  expect(await stage.answer(program, "yes")).toMatchObject({ output: { input: null, answer: "yes" } });
});
