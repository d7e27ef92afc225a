import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { fails, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

const inc = step("inc", (n: number) => n + 1);

/** Adds one and a line to the log. */
const grows = step({
  name: "grows",
  context: Shared,
  run: (n: number, { contribute, context }) => {
    contribute("log", `${n} of ${context.log.length}`);
    return n + 1;
  },
});

test("LOOP-1: the body runs first and the exit is asked after it; true ends the loop with that output", async () => {
  const stage = new Stage();
  const until = (n: number): boolean => {
    stage.note(`asked ${n}`);
    return n >= 3;
  };
  expect(await stage.run(pipeline({ name: "p" }).loop(inc, { until }), 0)).toMatchObject({ status: "succeeded", output: 3 });
  expect(stage.notes).toEqual(["asked 1", "asked 2", "asked 3"]);
  expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, { until: () => true }), 7)).toMatchObject({ output: 8 });
});

test("LOOP-2: each iteration is one instance, path[index], and their number is in the metadata", async () => {
  const stage = new Stage();
  const where = step("where", (n: number, { path }) => {
    stage.note(path);
    return n + 1;
  });
  expect(await stage.run(pipeline({ name: "p" }).loop(where, { until: (n) => n === 3 }), 0)).toMatchObject({
    steps: [{ path: "p/loop", metadata: { iterations: 3 } }],
  });
  expect(stage.notes).toEqual(["p/loop[0]", "p/loop[1]", "p/loop[2]"]);
});

test("LOOP-3: each iteration is given the output of the one before it, or what `next` makes of that", async () => {
  expect(
    await new Stage().run(pipeline({ name: "p" }).loop(inc, { until: (n) => n >= 10, next: (n, { iteration }) => n * 2 + iteration }), 0),
  ).toMatchObject({
    output: 19, // 0 → 1, 1*2+0 = 2 → 3, 3*2+1 = 7 → 8, 8*2+2 = 18 → 19
  });
});

test("LOOP-4: the output is that of the last iteration, or what `output` makes of it", async () => {
  const program = pipeline({ name: "p" }).loop(inc, {
    maxIterations: 2,
    output: (n, { iteration, initialPrompt }) => [n, iteration, initialPrompt],
  });
  expect(await new Stage().run(program, 0)).toMatchObject({ output: [2, 1, "0"] });
  const stage = new Stage();
  const asks = program.human("ask", { answer: z.string() });
  await stage.run(asks, 0);
  expect(await stage.answer(asks, "yes")).toMatchObject({ output: { input: [2, 1, "0"] } });
});

test("LOOP-5: each iteration and each question sees the context as all iterations so far have left it, and all of it is the loop's", async () => {
  const stage = new Stage();
  const program = shared().loop(grows, {
    maxIterations: 5,
    until: (_n, { context }) => {
      stage.note(`until ${context.log.length}`);
      return context.log.length === 2;
    },
    next: (n, { context }) => {
      stage.note(`next ${context.log.length}`);
      return n;
    },
    output: (n, { context }) => [n, context.log.length],
  });
  expect(await stage.run(program, 0)).toMatchObject({ output: [2, 2], context: { log: ["0 of 0", "1 of 1"] } });
  expect(stage.notes).toEqual(["until 1", "next 1", "until 2"]);
});

test("LOOP-6: without `until` it goes round maxIterations times, and the last output is its output", async () => {
  expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, { maxIterations: 4 }), 0)).toMatchObject({
    status: "succeeded",
    output: 4,
    steps: [{ metadata: { iterations: 4 } }],
  });
});

test("LOOP-7: with `until`, maxIterations without its consent is the failure loop_exhausted; under onExhausted: return it is the last output", async () => {
  const never = { until: () => false, maxIterations: 2 };
  expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, never), 0)).toMatchObject({
    status: "failed",
    failure: { code: "loop_exhausted", path: "p/loop", retryable: false, details: { maxIterations: 2 } },
    steps: [{ metadata: { iterations: 2 } }],
  });
  expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, { ...never, onExhausted: "return" }), 0)).toMatchObject({
    status: "succeeded",
    output: 2,
  });
  expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, { until: (n) => n === 2, maxIterations: 2 }), 0)).toMatchObject({
    output: 2,
  });
});

test("LOOP-8: a loop with neither `until` nor maxIterations, or with less than one iteration, is refused before there is a run", async () => {
  for (const options of [{}, { maxIterations: 0 }, { maxIterations: 1.5 }, { until: () => true, maxIterations: -1 }]) {
    const stage = new Stage();
    await expect((async () => stage.run(pipeline({ name: "p" }).loop(inc, options), 0))(), JSON.stringify(options)).rejects.toMatchObject({
      code: "pipeline_invalid",
    });
    expect(await stage.store.findRun(RUN_ID)).toBeNull();
  }
});

test("LOOP-9: the failure of an iteration is the loop's, and nothing that any iteration wrote is kept", async () => {
  const body = pipeline({ context: Shared })
    .step(grows)
    .step("check", (n: number) => {
      if (n === 2) throw new Error("two is taken");
      return n;
    });
  const loop = pipeline({ context: Shared }).loop(body, { until: () => false, maxIterations: 5 });
  const start = shared().parallel({ loop, other: logs("kept") }, { onFailure: "ignore" });
  expect(await new Stage().run(start, 0)).toMatchObject({ status: "succeeded", context: { log: ["kept"] } });
  expect(await new Stage().run(shared().loop(body, { until: () => false, maxIterations: 5 }), 0)).toMatchObject({
    status: "failed",
    failure: { code: "step_failed", path: "p/loop[1]/check" },
    steps: [{ path: "p/loop", metadata: { iterations: 2 } }],
  });
});

test("LOOP-10: a question that throws fails the loop as decision_failed and is named", async () => {
  const broken = (): never => {
    throw new Error("no idea");
  };
  for (const options of [{ until: broken }, { maxIterations: 3, next: broken }, { maxIterations: 1, output: broken }])
    expect(await new Stage().run(pipeline({ name: "p" }).loop(inc, options), 0)).toMatchObject({
      status: "failed",
      failure: { code: "decision_failed", retryable: false, message: expect.stringContaining("no idea") },
      steps: [{ path: "p/loop", metadata: { iterations: 1 } }],
    });
});

test("LOOP-11: usage and cost are those of all iterations, of the failed one too", async () => {
  const ask = agent({
    name: "ask",
    instructions: "",
    model: scriptedModel(() => ({ text: "x", usage: { inputTokens: 10, outputTokens: 1 } })),
  });
  expect(await new Stage().run(pipeline({ name: "p" }).loop(ask, { maxIterations: 3 }))).toMatchObject({
    steps: [{ usage: { inputTokens: 30, modelCalls: 3 }, cost: { kind: "unknown" } }],
  });
  expect(await new Stage().run(pipeline({ name: "p" }).loop(pipeline().step(ask).step(fails("no")), { maxIterations: 3 }))).toMatchObject({
    steps: [{ status: "failed", usage: { inputTokens: 10, modelCalls: 1 } }],
  });
});

test("LOOP-12: a cancellation ends the iteration under way; nothing is asked after it, and no other iteration begins", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const until = (): boolean => {
    stage.note("asked");
    return false;
  };
  const going = flujo.run(pipeline({ name: "p" }).loop(patient(stage, "body"), { until }), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  await stage.clock.advance(10_000);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toEqual(["body begins", "body is told: cancelled"]);
});

test("LOOP-13: a question in the body pauses the run in that iteration; after the answer it goes on there, and repeats no iteration and no decision", async () => {
  const stage = new Stage();
  const body = pipeline()
    .step("before", (n: number) => {
      stage.note(`before ${n}`);
      return n;
    })
    .human("ask", { answer: z.number() })
    .step("add", ({ input, answer }) => input + answer);
  const until = (n: number): boolean => {
    stage.note(`until ${n}`);
    return n >= 3;
  };
  const program = pipeline({ name: "p" }).loop(body, { until });
  expect(await stage.run(program, 0)).toMatchObject({ status: "paused", pauses: [{ id: "p/loop[0]/ask" }] });
  expect(await stage.answer(program, 1)).toMatchObject({ status: "paused", pauses: [{ id: "p/loop[1]/ask" }] });
  expect(await stage.answer(program, 2)).toMatchObject({ status: "succeeded", output: 3 });
  expect(stage.notes).toEqual(["before 0", "until 1", "before 1", "until 3"]);
});

test("LOOP-14: a resume looks into no iteration that has ended", async () => {
  const stage = new Stage();
  const counts = step({
    name: "count",
    context: Shared,
    run: (n: number, { contribute }) => {
      stage.note(`runs ${n}`);
      contribute("log", "round");
      return n + 1;
    },
  });
  const body = pipeline({ context: Shared })
    .step(counts)
    .branch((n: number) => (n === 3 ? ("door" as const) : ("on" as const)), {
      door: stage.door<number>(),
      on: step("on", (n: number) => n),
    });
  const program = shared().loop(body, { until: (n) => n === 4 });
  await stage.park(program, 0);
  expect(
    (await stage.store.openEntries(RUN_ID)).filter(({ type, key }) => type === "operation-finished" && key.startsWith("p/loop[0]/")),
  ).toEqual([]);
  expect(await stage.resume(program)).toMatchObject({ output: 4, context: { log: ["round", "round", "round", "round"] } });
  expect(stage.notes).toEqual(["runs 0", "runs 1", "runs 2", "door", "door", "runs 3"]);
});
