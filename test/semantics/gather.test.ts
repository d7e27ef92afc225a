import { expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step, withPolicy } from "../../src/index.ts";
import { Shared, shared } from "./support/context.ts";
import { echo, RUN_ID, Stage } from "./support/stage.ts";

const a = echo("a");
const b = echo("b");

test("GATHER-1: it gives an object with what each of the picked members gave, and with nothing else; the value before it counts only where it is picked", async () => {
  const program = pipeline({ name: "p" }).step(a).step(b).step(echo("c")).gather({ first: a, second: b });
  expect(await new Stage().run(program)).toMatchObject({
    output: { first: "a in", second: "b a in" },
    steps: [{}, {}, {}, { name: "gather", path: "p/gather", metadata: { gathered: ["first", "second"] } }],
  });
  const result = await new Stage().run(program);
  expect(result.status === "succeeded" ? Object.keys(result.output as object) : []).toEqual(["first", "second"]);
});

test("GATHER-2: a member is picked by the program that was put there, with a policy or a context of its own around it too, or by its name", async () => {
  const inner = pipeline({ name: "inner", context: Shared }).step(echo("deep"));
  const odd = pipeline().step(echo("odd"));
  const program = shared()
    .step(a, { retries: 1 })
    .step(withPolicy(b, { timeoutMs: 1_000 }))
    .step(inner, { context: {} })
    .step(odd)
    .branch((value) => value !== "", { true: echo("yes"), false: echo("no") })
    .gather({ a, b, inner, odd, taken: "branch", again: "a" }, { name: "all" });
  expect(await new Stage().run(program)).toMatchObject({
    output: {
      a: "a in",
      b: "b a in",
      inner: "deep b a in",
      odd: "odd deep b a in",
      taken: "yes odd deep b a in",
      again: "a in",
    },
    steps: [{}, {}, {}, {}, {}, { path: "p/all" }],
  });
});

test("GATHER-3: it picks from its own pipeline: what is picked in a loop is of that iteration, and each run of a nested pipeline has its own", async () => {
  const plus = step("plus", (n: number) => n + 1);
  const twice = step("twice", (n: number) => n * 2);
  const body = pipeline().step(plus).step(twice).gather({ plus, twice });
  const program = pipeline({ name: "p", input: z.array(z.number()) }).map(
    pipeline().loop(body, { maxIterations: 2, next: ({ twice: last }) => last }),
  );
  expect(await new Stage().run(program, [1, 10])).toMatchObject({
    output: [
      { plus: 5, twice: 10 },
      { plus: 23, twice: 46 },
    ],
  });
});

test("GATHER-4: what is no earlier member of its pipeline, stands there twice, or may have been replaced by something else is refused before there is a run", async () => {
  const start = pipeline({ name: "p" }).step(a);
  const unnamed = pipeline().step(echo("x"));
  for (const [program, says] of [
    [start.gather({ b }), /"b" gathers the step "b", which is no member of its pipeline/],
    [start.gather({ b }).step(b), /"b" gathers the step "b", which comes after it/],
    [start.gather({ b: "b" }).step(b), /"b" gathers "b", which comes after it.*Those before it: a\./],
    [start.gather({ b: "bb" }), /"b" gathers "bb", which is no member of its pipeline/],
    [start.gather({ me: "gather" }), /"me" gathers "gather", which comes after it/],
    [start.gather({}), /it gathers nothing/],
    [start.step(unnamed).step(unnamed).gather({ x: unnamed }), /stands there twice.*"pipeline" or "pipeline-2"/],
    [
      pipeline({ name: "p" }).step(a, { fallback: b }).gather({ a }),
      /a fallback or a default may have given something else.*by its name, "a"/,
    ],
    [
      pipeline({ name: "p" })
        .step(a, { onError: { default: "" } })
        .gather({ a }),
      /a fallback or a default/,
    ],
    [start.tap(b).gather({ b }), /no member of its pipeline/],
    [start.parallel({ b }).gather({ b }), /no member of its pipeline/],
  ] as const) {
    const stage = new Stage();
    await expect(stage.run(program), String(says)).rejects.toMatchObject({
      code: "pipeline_invalid",
      message: expect.stringMatching(says),
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
  const named = pipeline({ name: "p" }).step(a, { fallback: b }).gather({ a: "a" });
  expect(await new Stage().run(named)).toMatchObject({ output: { a: "a in" } });
});

test("GATHER-5: a resume gives the same, and calls no member again for it", async () => {
  const stage = new Stage();
  const notes = step("notes", (value: unknown) => {
    stage.note("noted");
    return `noted ${String(value)}`;
  });
  const program = pipeline({ name: "p" })
    .step(notes)
    .step(stage.door())
    .gather({ notes })
    .step("again", (value) => value)
    .step(stage.door("second"))
    .gather({ last: notes, both: "gather" });
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({
    status: "succeeded",
    output: { last: "noted in", both: { notes: "noted in" } },
  });
  expect(stage.notes).toEqual(["noted", "door", "door", "second"]);
  const asks = pipeline({ name: "p" })
    .step(notes)
    .gather({ notes })
    .human("sure", { answer: z.boolean() })
    .gather({ notes, found: "gather" });
  const other = new Stage();
  await other.run(asks);
  expect(await other.answer(asks, true)).toMatchObject({ output: { notes: "noted in", found: { notes: "noted in" } } });
  expect(stage.notes).toHaveLength(5);
});

test("GATHER-6: it costs nothing, and writes nothing to the context", async () => {
  const program = shared().step(a).gather({ a });
  expect(await new Stage().run(program)).toMatchObject({
    context: { log: [] },
    steps: [{}, { usage: { modelCalls: 0 }, cost: { kind: "free" }, latencyMs: 0, attempts: 1, writes: [] }],
  });
});
