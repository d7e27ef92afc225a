import { expect, test } from "vitest";
import { agent, Flujo, tool } from "../../src/index.ts";
import { z } from "zod";

const USAGE = {
  inputTokens: { total: 1000, noCache: 1000, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 100, text: 100, reasoning: 0 },
};
const FINISH = { type: "finish", usage: USAGE, finishReason: { unified: "stop", raw: "stop" } };
const text = (delta: string) => ({ type: "text-delta", id: "0", delta });

/** A model whose stream is whatever a test makes of it: not everybody keeps to the specification. */
function modelOf(stream: () => ReadableStream) {
  return {
    specificationVersion: "v4",
    provider: "openai.chat",
    modelId: "gpt-4o-mini",
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error("It only streams.")),
    doStream: () => Promise.resolve({ stream: stream() }),
  };
}

function agentOn(stream: () => ReadableStream, options: { readonly timeoutMs?: number } = {}) {
  const echo = tool({ name: "echo", description: "Says it again.", input: z.object({}), run: () => "echo" });
  return agent({ name: "a", model: modelOf(stream), instructions: "Answer.", tools: [echo], retries: 0, ...options });
}

function streamOf(...parts: readonly unknown[]): () => ReadableStream {
  return () => ReadableStream.from(parts);
}

test.each([
  ["calls a tool without an id", { type: "tool-call", toolName: "echo", input: "{}" }],
  ["gives the arguments of a call as an object", { type: "tool-call", toolCallId: "1", toolName: "echo", input: {} }],
  ["gives a call no arguments at all", { type: "tool-call", toolCallId: "1", toolName: "echo" }],
])("a model that %s runs nothing, and what it said is billed", async (_what, part) => {
  await using flujo = new Flujo();
  const result = await flujo.run(agentOn(streamOf(text("I call"), part, part, FINISH)), "hi");
  expect(result).toMatchObject({ status: "failed", failure: { code: "stream_broken" }, usage: { modelCalls: 1, toolCalls: 0 } });
  expect(result.status === "failed" && result.failure.message).toContain("a part of the answer is not what the protocol says");
  expect(result.usage.outputTokens).toBeGreaterThan(0);
  expect(result.cost).toMatchObject({ kind: "estimated" });
});

test("a whole answer that cannot be put together is billed as the provider counted it", async () => {
  await using flujo = new Flujo();
  const odd = { type: "text-start", id: "0", providerMetadata: { openai: null } };
  const result = await flujo.run(agentOn(streamOf(odd, text("three"), FINISH)), "hi");
  expect(result).toMatchObject({
    status: "failed",
    usage: { inputTokens: 1000, outputTokens: 100, modelCalls: 1 },
    cost: { kind: "exact" },
  });
});

test("a stream that stays open after the model has said how it stopped is hung up on, and the answer is whole", async () => {
  let hungUp = false;
  const open = () =>
    new ReadableStream({
      start(to) {
        for (const part of [text("thr"), text("ee"), FINISH]) to.enqueue(part);
      },
      cancel() {
        hungUp = true;
      },
    });
  await using flujo = new Flujo();
  expect(await flujo.run(agentOn(open), "hi")).toMatchObject({ status: "succeeded", output: "three", usage: { outputTokens: 100 } });
  expect(hungUp).toBe(true);
});

test("a model that speaks on and on without ever waiting does not keep its own timeout from ending it", async () => {
  const endless = () => new ReadableStream({ pull: (to) => to.enqueue(text("x")) });
  await using flujo = new Flujo();
  const result = await flujo.run(agentOn(endless, { timeoutMs: 50 }), "hi");
  expect(result).toMatchObject({ status: "failed", failure: { code: "timeout" } });
});
