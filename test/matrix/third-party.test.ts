import { LLMock } from "@copilotkit/aimock";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, tool } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { readAll } from "./support/read-all.ts";
import { PROVIDERS, type Provider } from "./wire/answers.ts";
import { PROTOCOLS } from "./wire/protocols.ts";

// A mock server that others wrote: it must be able to take us for any client, and we it for any provider.

const mock = new LLMock({ port: 0, strict: true, chunkSize: 8 });

beforeAll(async () => {
  await mock.start();
});
beforeEach(() => mock.reset());
afterAll(() => mock.stop());

function flujoFor(provider: Provider, more: { readonly clock?: ManualClock } = {}): Flujo {
  const { variables, basePath } = PROTOCOLS[provider];
  return new Flujo({ ...more, env: { [variables.url]: `${mock.url}${basePath}`, [variables.key]: "not-a-real-key" } });
}

const add = tool({
  name: "add",
  description: "Adds two numbers.",
  input: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => ({ sum: a + b }),
});

function about(provider: Provider) {
  return { name: "solo", model: `${provider}:${PROTOCOLS[provider].model}`, instructions: "Be brief.", input: z.string() } as const;
}

const USED = { input_tokens: 41, output_tokens: 7, prompt_tokens: 41, completion_tokens: 7, promptTokenCount: 41, candidatesTokenCount: 7 };

describe.for(PROVIDERS)("a mock server that is not ours, as %s", (provider) => {
  test("text, with its tokens", async () => {
    mock.onMessage("capital of Portugal", { content: "Lisbon.", usage: USED });
    await using flujo = flujoFor(provider);
    const result = await flujo.run(agent(about(provider)), "What is the capital of Portugal?");
    expect(result).toMatchObject({ status: "succeeded", output: "Lisbon." });
    expect(result.usage).toMatchObject({ inputTokens: 41, outputTokens: 7, modelCalls: 1 });
    expect(mock.getRequests()).toHaveLength(1);
  });

  test("text piece by piece, as it comes", async () => {
    const story = "Once upon a time there was a lighthouse that was afraid of the dark, and so it never slept.";
    mock.onMessage("a story", { content: story });
    await using flujo = flujoFor(provider);
    const stream = flujo.stream(agent(about(provider)), "Tell me a story");
    const events = await readAll(stream);
    const deltas = events.flatMap((event) => (event.family === "progress" && event.type === "text-delta" ? [event.delta] : []));
    expect(deltas.join("")).toBe(story);
    expect(deltas.length).toBeGreaterThan(5);
    expect((await stream.result).unwrap()).toBe(story);
  });

  test("an object that fits its schema", async () => {
    mock.onMessage("a room", { content: JSON.stringify({ city: "Porto", nights: 3 }) });
    await using flujo = flujoFor(provider);
    const book = agent({ ...about(provider), output: z.object({ city: z.string(), nights: z.number() }) });
    expect((await flujo.run(book, "Book a room in Porto for three nights")).unwrap()).toEqual({ city: "Porto", nights: 3 });
  });

  test("two tool calls in one answer, and what comes of them", async () => {
    mock.on({ userMessage: "both sums", hasToolResult: true }, { content: "3 and 7." });
    mock.on(
      { userMessage: "both sums", hasToolResult: false },
      {
        toolCalls: [
          { name: "add", arguments: '{"a":1,"b":2}' },
          { name: "add", arguments: '{"a":3,"b":4}' },
        ],
      },
    );
    await using flujo = flujoFor(provider);
    const result = await flujo.run(agent({ ...about(provider), tools: [add] }), "Give me both sums", { runId: "sums" });
    expect(result).toMatchObject({ status: "succeeded", output: "3 and 7.", usage: { modelCalls: 2, toolCalls: 2 } });
    const sums = (await flujo.entries("sums")).flatMap((entry) =>
      entry.type === "operation-finished" && entry.op === "tool" ? [entry.outcome] : [],
    );
    expect(sums).toMatchObject([
      { status: "succeeded", value: { sum: 3 } },
      { status: "succeeded", value: { sum: 7 } },
    ]);
    expect(mock.getRequests()).toHaveLength(2);
    expect(JSON.stringify(mock.getRequests()[1]?.body)).toMatch(/sum.{1,6}7/);
  });

  test("reasoning before a tool call goes back with it", async () => {
    mock.on({ userMessage: "sum of both", hasToolResult: true }, { content: "9." });
    mock.on(
      { userMessage: "sum of both", hasToolResult: false },
      { reasoning: "I had better add them.", reasoningSignature: "c2lnbmVk", toolCalls: [{ name: "add", arguments: '{"a":4,"b":5}' }] },
    );
    await using flujo = flujoFor(provider);
    const thinking = agent({ ...about(provider), tools: [add], settings: { reasoning: "low" } });
    const stream = flujo.stream(thinking, "The sum of both, please");
    const events = await readAll(stream);
    const reasoning = events.flatMap((event) => (event.family === "progress" && event.type === "reasoning-delta" ? [event.delta] : []));
    expect(reasoning.join("")).toBe("I had better add them.");
    expect((await stream.result).unwrap()).toBe("9.");
    expect(mock.getRequests()).toHaveLength(2);
  });

  test("too many requests: waits as long as it is told to, then goes on", async () => {
    mock.on(
      { userMessage: "hello", sequenceIndex: 0 },
      { error: { message: "Slow down.", type: "rate_limit_error" }, status: 429, retryAfter: 3 },
    );
    mock.on({ userMessage: "hello" }, { content: "Hello." });
    const clock = new ManualClock();
    await using flujo = flujoFor(provider, { clock });
    const before = clock.now();
    const result = await clock.until(flujo.run(agent(about(provider)), "hello"));
    expect(result).toMatchObject({ status: "succeeded", output: "Hello." });
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_000);
    expect(mock.getRequests()).toHaveLength(2);
  });

  test("an overloaded server is asked again", async () => {
    mock.on({ userMessage: "hello", sequenceIndex: 0 }, { error: { message: "Overloaded.", type: "overloaded_error" }, status: 503 });
    mock.on({ userMessage: "hello" }, { content: "Hello." });
    await using flujo = flujoFor(provider);
    const result = await flujo.run(agent({ ...about(provider), retry: { retries: 1, firstDelayMs: 1 } }), "hello");
    expect(result).toMatchObject({ status: "succeeded", output: "Hello.", usage: { modelCalls: 2 } });
  });

  test("a wrong key is said to be one, and nothing is tried again", async () => {
    mock.onMessage("hello", {
      error: { message: "Incorrect API key provided.", type: "authentication_error", code: "invalid_api_key" },
      status: 401,
    });
    await using flujo = flujoFor(provider);
    const result = await flujo.run(agent(about(provider)), "hello");
    expect(result).toMatchObject({ status: "failed", failure: { code: "api_key_refused", retryable: false } });
    expect(JSON.stringify(result)).not.toContain("not-a-real-key");
    expect(mock.getRequests()).toHaveLength(1);
  });

  test("a stream that breaks off is a failed attempt", async () => {
    mock.on(
      { userMessage: "a long answer", sequenceIndex: 0 },
      { content: "This one will never be told to its end." },
      { truncateAfterChunks: 3 },
    );
    mock.on({ userMessage: "a long answer" }, { content: "This one is whole." });
    await using flujo = flujoFor(provider);
    const retried = agent({ ...about(provider), retry: { retries: 1, firstDelayMs: 1 } });
    const result = await flujo.run(retried, "I want a long answer", { runId: "broken" });
    expect(result).toMatchObject({ status: "succeeded", output: "This one is whole.", usage: { modelCalls: 2 } });
    const outcomes = (await flujo.entries("broken")).flatMap((entry) => (entry.type === "operation-finished" ? [entry.outcome] : []));
    expect(outcomes.map(({ status }) => status)).toEqual(["failed", "succeeded"]);
    expect(mock.getRequests()).toHaveLength(2);
  });
});
