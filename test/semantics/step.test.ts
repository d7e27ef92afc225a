import { expect, test } from "vitest";
import { z } from "zod";
import { FlujoError, pipeline, step } from "../../src/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { echo, patient, RUN_ID, Stage, turns } from "./support/stage.ts";

test("STEP-1: the function is given what the input schema makes of the value; a misfit fails the step for good before it is called", async () => {
  const stage = new Stage();
  const double = step({
    name: "double",
    input: z.coerce.number(),
    retry: { retries: 3, firstDelayMs: 0 },
    run: (n) => {
      stage.note("called");
      return n * 2;
    },
  });
  expect(
    await stage.run(
      pipeline({ name: "p" })
        .step("text", () => "21")
        .step(double),
    ),
  ).toMatchObject({ output: 42 });
  expect(
    await new Stage().run(
      pipeline({ name: "p" })
        .step("text", () => "many")
        .step(double),
    ),
  ).toMatchObject({
    status: "failed",
    failure: { code: "input_invalid", path: "p/double", retryable: false },
  });
  expect(stage.notes).toEqual(["called"]);
});

test("STEP-2: the output is what the function returns or its promise brings, as the output schema makes it", async () => {
  const later = step({ name: "later", output: z.string().transform((text) => text.length), run: async () => "four" });
  expect(await new Stage().run(pipeline({ name: "p" }).step(later))).toMatchObject({ output: 4 });
  const wrong = step({ name: "wrong", output: z.number(), run: () => "four" as never });
  expect(await new Stage().run(pipeline({ name: "p" }).step(wrong))).toMatchObject({
    status: "failed",
    failure: { code: "output_invalid", path: "p/wrong", retryable: true },
  });
});

test("STEP-3: the function sees the context as the steps before it left it, frozen, with what it has written itself when it looks again", async () => {
  const look = step({
    name: "look",
    context: Shared,
    run: (_: unknown, about) => {
      expect(() => Object.assign(about.context, { who: "hacked" })).toThrow(TypeError);
      const before = about.context.log;
      about.contribute("log", "mine");
      return [before, about.context.log];
    },
  });
  expect(await new Stage().run(shared().step(logs("first")).step(look))).toMatchObject({
    output: [["first"], ["first", "mine"]],
    context: { who: "nobody" },
  });
});

test("STEP-4: what it wrote counts when it has succeeded, and is nowhere when it has failed", async () => {
  const write = (name: string, fail: boolean) =>
    step({
      name,
      context: Shared,
      run: (_: unknown, { contribute, update }) => {
        contribute("log", name);
        update((draft) => void (draft.who = name));
        if (fail) throw new Error("no");
      },
    });
  expect(await new Stage().run(shared().step(write("a", false)).step(write("b", true)))).toMatchObject({
    status: "failed",
    context: { log: ["a"], who: "a" },
  });
});

test("STEP-5: a write that does not fit its field fails the attempt as context_invalid", async () => {
  const wrong = step({ name: "wrong", context: Shared, run: (_: unknown, { contribute }) => contribute("log", 7 as never) });
  expect(await new Stage().run(shared().step(wrong))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", message: expect.stringContaining("log[0]"), retryable: true },
    context: { log: [] },
  });
});

test("STEP-6: what it throws is its failure, step_failed and retryable; a FlujoError keeps its code and is not retryable", async () => {
  const broken = step("broken", () => {
    throw new TypeError("no such thing");
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(broken))).toMatchObject({
    failure: { code: "step_failed", message: "p/broken: TypeError: no such thing", path: "p/broken", retryable: true },
  });
  const coded = step("coded", () => {
    throw new FlujoError("input_invalid", "that will not do.");
  });
  expect(await new Stage().run(pipeline({ name: "p" }).step(coded))).toMatchObject({
    failure: { code: "input_invalid", message: "p/coded: that will not do.", retryable: false },
  });
});

test("STEP-7: it costs nothing, and its latency is the journal's time from when it was entered to its outcome", async () => {
  const stage = new Stage();
  const wait = step("wait", () => stage.clock.sleep(30));
  const result = await stage.run(pipeline({ name: "p" }).step(wait).step(echo("next")));
  const none = { inputTokens: 0, outputTokens: 0, modelCalls: 0, toolCalls: 0 };
  expect(result.steps[0]).toMatchObject({ path: "p/wait", attempts: 1, usage: none, cost: { kind: "free" }, latencyMs: 30 });
  expect(result.steps[1]).toMatchObject({ startedAtMs: (result.steps[0]?.startedAtMs ?? 0) + 30, latencyMs: 0 });
});

test("STEP-8: it is told of a cancellation through its signal, and what it returns after that is nobody's", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(patient(stage, "work")).step(echo("next")), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled", steps: [{ status: "failed", failure: { code: "cancelled" } }] });
  expect(stage.notes).toEqual(["work begins", "work is told: cancelled"]);
});

test("STEP-9: one that has an outcome is not called again by a resume; one that was in flight is, with the same idempotencyKey", async () => {
  const stage = new Stage();
  const keyed = <const Name extends string>(name: Name) =>
    step(name, (_: unknown, { idempotencyKey }) => {
      stage.note(`${name} ${idempotencyKey}`);
    });
  let isFirst = true;
  const flight = step("flight", (_: unknown, { idempotencyKey }) => {
    stage.note(`flight ${idempotencyKey}`);
    const wasFirst = isFirst;
    isFirst = false;
    return wasFirst ? new Promise<never>(() => undefined) : "landed";
  });
  const program = pipeline({ name: "p" }).step(keyed("done")).parallel({ flight, door: stage.door() });
  await stage.park(program);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: { flight: "landed" } });
  expect(stage.notes.filter((note) => note !== "door")).toEqual([
    `done ${RUN_ID}:p/done`,
    `flight ${RUN_ID}:p/parallel/flight`,
    `flight ${RUN_ID}:p/parallel/flight`,
  ]);
});
