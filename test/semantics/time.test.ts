import { expect, test } from "vitest";
import { z } from "zod";
import { agent, pipeline, step } from "../../src/index.ts";
import type { ScriptedModel } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { logs, Shared, shared } from "./support/context.ts";
import { echo, patient, Stage } from "./support/stage.ts";

test("TIME-1: an attempt that takes longer than timeoutMs fails as timeout, its signal says so, and what it returns later is nobody's", async () => {
  const stage = new Stage();
  const slow = step({
    name: "slow",
    timeoutMs: 10,
    run: async (_: unknown, { signal }) => {
      signal.addEventListener("abort", () => stage.note(`${String(signal.reason)} at ${stage.clock.now() - Date.UTC(2030, 0, 1)}`));
      await stage.clock.sleep(50);
      return "late";
    },
  });
  expect(await stage.run(pipeline({ name: "p" }).step(slow).step(echo("next")))).toMatchObject({
    status: "failed",
    failure: { code: "timeout", path: "p/slow", retryable: true },
  });
  await stage.clock.advance(100);
  expect(stage.notes).toEqual(["timeout at 10"]);
  expect((await stage.entries()).map(({ type, key }) => `${type} ${key}`)).toEqual([
    "run-started p",
    "operation-finished p/slow",
    "run-finished p",
  ]);
});

test("TIME-2: each attempt has the whole of timeoutMs, and the waits between them do not count", async () => {
  const stage = new Stage();
  const slow = step({
    name: "slow",
    timeoutMs: 10,
    retry: { retries: 1, firstDelayMs: 500 },
    run: async (_: unknown, { attempt }) => {
      await stage.clock.sleep(attempt === 1 ? 11 : 9);
      return attempt;
    },
  });
  expect(await stage.run(pipeline({ name: "p" }).step(slow))).toMatchObject({
    status: "succeeded",
    output: 2,
    steps: [{ attempts: 2, latencyMs: 10 + 500 + 9 }],
  });
});

test("TIME-3: of an agent, timeoutMs bounds each model call by itself", async () => {
  const stage = new Stage();
  const ask = (model: ScriptedModel, timeoutMs?: number) =>
    pipeline({ name: "p" }).step(
      agent({
        name: "ask",
        model,
        instructions: "",
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        retry: { retries: 1, firstDelayMs: 0 },
      }),
    );
  await new Stage().run(ask(scriptedModel(["what talks to models is loaded now"])));
  const model = scriptedModel(async ({ turn, index }) => {
    await stage.clock.sleep(index === 1 ? 20 : 8);
    return turn === 0 && index < 2 ? "" : "said";
  });
  expect(await stage.run(ask(model, 10))).toMatchObject({ status: "succeeded", output: "said", steps: [{ attempts: 2 }] });
  expect(model.calls).toHaveLength(3);
});

test("TIME-4: with a policy timeoutMs bounds each attempt of any node: what is under way in it is told `timeout`, and it fails as timeout", async () => {
  const stage = new Stage();
  const slow = pipeline({ name: "slow" }).parallel({ a: patient(stage, "a"), b: pipeline().human("ask", { answer: z.string() }) });
  const result = await stage.run(pipeline({ name: "p" }).step(slow, { timeoutMs: 50, retry: { retries: 1, firstDelayMs: 0 } }));
  expect(result).toMatchObject({
    status: "failed",
    failure: { code: "timeout", path: "p/slow#2" },
    steps: [{ path: "p/slow", attempts: 2, latencyMs: 100 }],
  });
  expect(stage.notes).toEqual(["a begins", "a is told: timeout", "a begins", "a is told: timeout"]);
});

test("TIME-5: totalTimeoutMs bounds all attempts and fallbacks together, with the waits between them", async () => {
  const stage = new Stage();
  const no = step("no", async (): Promise<never> => {
    stage.note(`no at ${stage.clock.now() - Date.UTC(2030, 0, 1)}`);
    await stage.clock.sleep(10);
    throw new Error("no");
  });
  const program = pipeline({ name: "p" }).step(pipeline({ name: "group" }).step(no), {
    retry: { retries: 9, firstDelayMs: 30, factor: 1 },
    totalTimeoutMs: 100,
  });
  expect(await stage.run(program)).toMatchObject({
    status: "failed",
    failure: { code: "timeout", path: "p/group" },
    steps: [{ latencyMs: 100 }],
  });
  expect(stage.notes).toEqual(["no at 0", "no at 40", "no at 80"]);
});

test("TIME-6: the deadline is fixed when the node is entered: a resume does not move it, and finds the timeout that was", async () => {
  const stage = new Stage();
  const program = pipeline({ name: "p" }).step(pipeline({ name: "ask" }).human("ask", { answer: z.string() }), {
    timeoutMs: 60_000,
    onError: { default: "nobody" },
  });
  expect(await stage.run(program)).toMatchObject({ status: "paused", wakeAtMs: stage.clock.now() + 60_000 });
  await stage.clock.advance(59_999);
  expect(await stage.resume(program)).toMatchObject({ status: "succeeded", output: "nobody", steps: [{ latencyMs: 60_000 }] });
  const late = new Stage();
  await late.run(program);
  await late.clock.advance(120_000);
  await expect(late.answer(program, "too late")).resolves.toMatchObject({ status: "succeeded" });
});

test("TIME-7: what was done in time counts, in usage and on record; what it wrote is lost", async () => {
  const stage = new Stage();
  const ask = agent({ name: "ask", instructions: "", model: scriptedModel(() => "x") });
  const slow = pipeline({ name: "slow", context: Shared }).step(ask).step(logs("lost")).step(patient(stage, "wait"));
  await new Stage().run(pipeline({ name: "p" }).step(ask));
  expect(await stage.run(shared().step(slow, { timeoutMs: 1_000, onError: { default: null } }))).toMatchObject({
    status: "succeeded",
    context: { log: [] },
    steps: [{ usage: { modelCalls: 1 } }],
  });
});
