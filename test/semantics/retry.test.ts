import { expect, test } from "vitest";
import { z } from "zod";
import type { Failure, PolicyOptions } from "../../src/index.ts";
import { agent, FlujoError, pipeline, step } from "../../src/index.ts";
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

/** Fails so often, each attempt with a model call before it. */
function group(stage: Stage, failures: number) {
  let calls = 0;
  const ask = agent({
    name: "ask",
    instructions: "",
    model: scriptedModel(() => ({ text: "x", usage: { inputTokens: 10, outputTokens: 1 } })),
  });
  const check = step({
    name: "check",
    context: Shared,
    run: (_: unknown, { path, feedback, contribute, attempt }) => {
      stage.note(`${path} ${attempt} ${feedback?.message ?? "-"}`);
      contribute("log", path);
      if (++calls <= failures) throw new Error(`no ${calls}`);
      return "good";
    },
  });
  return pipeline({ name: "group", context: Shared }).step(ask).step(check);
}

test("RETRY-10: with a policy any node is tried again, as a whole: path, path#2; steps inside are told why, and start with their own first attempt", async () => {
  const stage = new Stage();
  expect(await stage.run(shared().step(group(stage, 2), { retries: 2, retry: { retries: 2, firstDelayMs: 0 } }))).toMatchObject({
    status: "succeeded",
    output: "good",
    context: { log: ["p/group#3/check"] },
    steps: [{ path: "p/group", attempts: 3, usage: { inputTokens: 30, modelCalls: 3 } }],
  });
  expect(stage.notes).toEqual(["p/group/check 1 -", "p/group#2/check 1 p/group/check: no 1", "p/group#3/check 1 p/group#2/check: no 2"]);
});

test("RETRY-11: its waits are those of its policy, and the run may rest meanwhile", async () => {
  const stage = new Stage();
  const program = shared().step(group(stage, 1), { retry: { retries: 1, firstDelayMs: 60_000, maxDelayMs: 60_000 } });
  expect(await stage.run(program)).toMatchObject({ status: "paused", wakeAtMs: stage.clock.now() + 60_000 });
  await stage.clock.advance(60_000);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", steps: [{ attempts: 2, latencyMs: 60_000 }] });
});

type RetryOn = Extract<NonNullable<PolicyOptions["retryOn"]>, readonly unknown[]>;

class Busy extends Error {
  override name = "Busy";
}
class VeryBusy extends Busy {}

test("RETRY-12: with `retryOn`, a list of codes and classes, those failures are tried again and no others, whatever they say of themselves", async () => {
  const attempts = async (throws: () => never, retryOn: RetryOn): Promise<number> => {
    let calls = 0;
    const work = step({
      name: "work",
      retry: { retries: 2, firstDelayMs: 0 },
      retryOn,
      run: (): never => {
        calls++;
        throws();
      },
    });
    await new Stage().run(pipeline({ name: "p" }).step(work));
    return calls;
  };
  const throwing = (error: Error) => (): never => {
    throw error;
  };
  expect(await attempts(throwing(new Busy("b")), [Busy])).toBe(3);
  expect(await attempts(throwing(new VeryBusy("b")), [Busy])).toBe(3);
  expect(await attempts(throwing(new Error("b")), [Busy])).toBe(1);
  expect(await attempts(throwing(new Busy("b")), ["step_failed"])).toBe(3);
  expect(await attempts(throwing(new FlujoError("input_invalid", "not retryable.")), ["input_invalid"])).toBe(3);
});

test("RETRY-13: a `retryOn` that is a function is a decision of each failure, and asked by no resume again", async () => {
  const stage = new Stage();
  const retryOn = (
    { message }: Failure,
    { attempt, initialPrompt }: { readonly attempt: number; readonly initialPrompt: string },
  ): boolean => {
    stage.note(`${message} ${attempt} ${initialPrompt}`);
    return attempt < 2;
  };
  const program = shared()
    .step(group(new Stage(), 9), { retry: { retries: 5, firstDelayMs: 0 }, retryOn, onError: { default: "given up" } })
    .human("ask", { answer: z.string() });
  expect(await stage.run(program)).toMatchObject({ status: "paused", steps: [{ attempts: 2, output: "given up" }] });
  await stage.answer(program, "yes");
  expect(stage.notes).toEqual(["p/group/check: no 1 1 in", "p/group#2/check: no 2 2 in"]);
});
