import { expect, test } from "vitest";
import { agent, Flujo } from "../../src/index.ts";
import { ManualClock, scriptedModel } from "../../src/testing/index.ts";

/** A model that says a little and then nothing more, until it is told to stop. */
function talkative() {
  const begun = Promise.withResolvers<void>();
  const inner = scriptedModel(["x"], { provider: "openai.chat", modelId: "gpt-4o-mini" });
  const model = {
    ...inner,
    doStream: async () => ({
      stream: new ReadableStream({
        start: (controller) => {
          controller.enqueue({ type: "stream-start", warnings: [] });
          controller.enqueue({ type: "text-start", id: "0" });
          controller.enqueue({ type: "text-delta", id: "0", delta: "four letters make a token, they say. ".repeat(100) });
        },
      }),
    }),
  };
  return { model, begun };
}

test("an attempt that takes too long is billed for what was sent and what had come, as an estimate", async () => {
  const { model } = talkative();
  const clock = new ManualClock();
  const heard = Promise.withResolvers<void>();
  const flujo = new Flujo({ clock });
  const running = flujo.run(agent({ name: "a", model, instructions: "Talk.", timeoutMs: 5_000, retries: 0 }), "Go on.", {
    onEvent: (event) => {
      if (event.family === "progress" && event.type === "text-delta") heard.resolve();
    },
  });
  await heard.promise;
  await clock.advance(5_000);
  const result = await running;
  expect(result).toMatchObject({ status: "failed", failure: { code: "timeout" }, cost: { kind: "estimated" }, usage: { modelCalls: 1 } });
  expect(result.usage.outputTokens).toBe(925); // 3,700 bytes
  expect(result.usage.inputTokens).toBeGreaterThan(5);
  await flujo.close();
});

test("so is one whose run is called off", async () => {
  const { model } = talkative();
  const heard = Promise.withResolvers<void>();
  const controller = new AbortController();
  const flujo = new Flujo();
  const running = flujo.run(agent({ name: "a", model, instructions: "Talk." }), "Go on.", {
    signal: controller.signal,
    onEvent: (event) => {
      if (event.family === "progress" && event.type === "text-delta") heard.resolve();
    },
  });
  await heard.promise;
  controller.abort();
  expect(await running).toMatchObject({ status: "cancelled", cost: { kind: "estimated" }, usage: { outputTokens: 925 } });
  await flujo.close();
});
