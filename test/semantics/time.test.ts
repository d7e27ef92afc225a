import { expect, test } from "vitest";
import { agent, pipeline, step } from "../../src/index.ts";
import type { ScriptedModel } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { echo, Stage } from "./support/stage.ts";

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
