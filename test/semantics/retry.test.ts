import { expect, test } from "vitest";
import { agent, pipeline, step } from "../../src/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { RUN_ID, Stage, turns } from "./support/stage.ts";

/** Fails its first attempts, and notes what it is told at each. */
function flaky(
  stage: Stage,
  failures: number,
  retry: { readonly retries: number; readonly firstDelayMs?: number; readonly maxDelayMs?: number },
) {
  return step({
    name: "flaky",
    retry,
    run: (_: unknown, { attempt, path, feedback, idempotencyKey }) => {
      stage.note([attempt, path, stage.clock.now() % 100_000, feedback?.message ?? null, idempotencyKey].join(" | "));
      if (attempt <= failures) throw new Error(`no ${attempt}`);
      return `done at ${attempt}`;
    },
  });
}

test("RETRY-1, RETRY-2: each attempt has its number, its path and why the one before failed, and all have one idempotencyKey", async () => {
  const stage = new Stage();
  const result = await stage.run(pipeline({ name: "p" }).step(flaky(stage, 2, { retries: 2, firstDelayMs: 0 })));
  expect(result).toMatchObject({ status: "succeeded", output: "done at 3", steps: [{ attempts: 3, path: "p/flaky" }] });
  const key = `${RUN_ID}:p/flaky`;
  expect(stage.notes).toEqual([
    `1 | p/flaky | 0 |  | ${key}`,
    `2 | p/flaky#2 | 0 | p/flaky: no 1 | ${key}`,
    `3 | p/flaky#3 | 0 | p/flaky#2: no 2 | ${key}`,
  ]);
});

test("RETRY-3: the waits grow from firstDelayMs by the factor up to maxDelayMs", async () => {
  const stage = new Stage();
  await stage.run(pipeline({ name: "p" }).step(flaky(stage, 4, { retries: 4, firstDelayMs: 100, maxDelayMs: 300 })));
  expect(stage.notes.map((note) => note.split(" | ")[2])).toEqual(["0", "100", "300", "600", "900"]);
});

test("RETRY-4: when the attempts are spent, the last failure is the result's, and there were 1 + retries of them", async () => {
  const stage = new Stage();
  const result = await stage.run(pipeline({ name: "p" }).step(flaky(stage, 9, { retries: 2, firstDelayMs: 0 })));
  expect(result).toMatchObject({ status: "failed", failure: { message: "p/flaky#3: no 3", path: "p/flaky#3" }, steps: [{ attempts: 3 }] });
  expect(stage.notes).toHaveLength(3);
});

test("RETRY-5: a failure that says of itself that it is not retryable ends it at once", async () => {
  let calls = 0;
  const misfit = step({
    name: "misfit",
    context: Shared,
    retry: { retries: 3, firstDelayMs: 0 },
    run: (_: unknown, { contribute }) => {
      calls++;
      contribute("who" as never, "x");
    },
  });
  expect(await new Stage().run(shared().step(misfit))).toMatchObject({
    status: "failed",
    failure: { code: "context_invalid", retryable: false },
    steps: [{ attempts: 1 }],
  });
  expect(calls).toBe(1);
});

test("RETRY-6: each attempt sees the context as it was before the first", async () => {
  const seen: number[] = [];
  const write = step({
    name: "write",
    context: Shared,
    retry: { retries: 1, firstDelayMs: 0 },
    run: (_: unknown, { context, contribute, attempt }) => {
      seen.push(context.log.length);
      contribute("log", `attempt ${attempt}`);
      if (attempt === 1) throw new Error("no");
    },
  });
  expect(await new Stage().run(shared().step(logs("before")).step(write))).toMatchObject({ context: { log: ["before", "attempt 2"] } });
  expect(seen).toEqual([1, 1]);
});

test("RETRY-7: failed attempts count in usage and cost", async () => {
  const model = scriptedModel([
    { text: "", usage: { inputTokens: 10, outputTokens: 0 } },
    { text: "said", usage: { inputTokens: 5, outputTokens: 1 } },
  ]);
  const ask = agent({ name: "ask", model, instructions: "", endings: { empty: "retry" }, retry: { retries: 1, firstDelayMs: 0 } });
  expect(await new Stage().run(pipeline({ name: "p" }).step(ask))).toMatchObject({
    output: "said",
    usage: { inputTokens: 15, modelCalls: 2 },
    steps: [{ attempts: 2, usage: { inputTokens: 15, modelCalls: 2 } }],
  });
});

test("RETRY-8: a cancellation ends the wait before an attempt, and there is no other attempt", async () => {
  const stage = new Stage();
  const flujo = stage.flujo();
  const going = flujo.run(pipeline({ name: "p" }).step(flaky(stage, 9, { retries: 5, firstDelayMs: 1_000 })), "in", { runId: RUN_ID });
  await turns();
  await flujo.cancel(RUN_ID);
  expect(await going).toMatchObject({ status: "cancelled" });
  expect(stage.notes).toHaveLength(1);
  expect(stage.clock.sleepers).toBe(0);
});

test("RETRY-9: after a resume the attempts on record count, and the next has the next number", async () => {
  const stage = new Stage();
  let isFirst = true;
  const twice = step({
    name: "twice",
    retry: { retries: 2, firstDelayMs: 0 },
    run: (_: unknown, { attempt, feedback }): Promise<never> => {
      stage.note(`${attempt} ${feedback?.message ?? ""}`);
      if (attempt === 2 && isFirst) {
        isFirst = false;
        return new Promise<never>(() => undefined);
      }
      throw new Error(`no ${attempt}`);
    },
  });
  const program = pipeline({ name: "p" }).parallel({ twice, door: stage.door() });
  const flujo = stage.flujo();
  const going = flujo.run(program, "in", { runId: RUN_ID });
  await stage.clock.advance(0);
  await flujo.close();
  expect(await going).toMatchObject({ status: "stopped" });
  expect(await stage.resume(program)).toMatchObject({ status: "failed", failure: { message: "p/parallel/twice#3: no 3" } });
  expect(stage.notes.filter((note) => note !== "door")).toEqual([
    "1 ",
    "2 p/parallel/twice: no 1",
    "2 p/parallel/twice: no 1",
    "3 p/parallel/twice#2: no 2",
  ]);
});
