import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { generateText, streamText } from "ai";
import { expect, test } from "vitest";
import { agent, pipeline, withPolicy } from "../index.ts";
import { runForTest } from "./run-for-test.ts";
import { scriptedModel } from "./scripted-model.ts";
import type { ScriptedAnswer } from "./scripted-reply.ts";

test("a list answers in order, and an error in it is thrown", async () => {
  const model = scriptedModel(["one", new Error("two")]);
  expect((await generateText({ model, prompt: "a" })).text).toBe("one");
  await expect(generateText({ model, prompt: "b", maxRetries: 0 })).rejects.toThrow("two");
  expect(model.calls.map((call) => [call.index, call.turn, call.lastUserText])).toEqual([
    [0, 0, "a"],
    [1, 0, "b"],
  ]);
});

test("beyond the end of the script the error says which call it was", async () => {
  const model = scriptedModel(["one"], { modelId: "writer" });
  await generateText({ model, prompt: "a" });
  const beyond = generateText({ model, prompt: "what now?", maxRetries: 0 });
  await expect(beyond).rejects.toThrow('scriptedModel "writer" has a script of 1, and this is call 2. Its last user message: "what now?".');
});

test("a script is complete when each of its turns was asked for, and no other", async () => {
  const model = scriptedModel(["one", "two"], { modelId: "writer" });
  expect(() => model.assertComplete()).toThrow('scriptedModel "writer" has a script of 2, and was never called.');
  await generateText({ model, prompt: "a" });
  expect(() => model.assertComplete()).toThrow('has a script of 2, and was called once. Its last user message: "a".');
  await generateText({ model, prompt: "b" });
  model.assertComplete();
  await expect(generateText({ model, prompt: "c", maxRetries: 0 })).rejects.toThrow("this is call 3");
  expect(() => model.assertComplete()).toThrow("was called 3 times");
  scriptedModel(() => "always").assertComplete();
});

test("a function sees the call", async () => {
  const model = scriptedModel(({ lastUserText }) => ({ json: { said: lastUserText } }));
  expect((await generateText({ model, prompt: "hello" })).text).toBe('{"said":"hello"}');
});

test("a turn is counted in the conversation that is shown: anew in a retry, and on with a history", async () => {
  const model = scriptedModel(({ index }) => `answer ${index}`);
  const ask = agent({ name: "ask", model, instructions: "Answer." });
  const turns = () => model.calls.map(({ turn }) => turn);
  const second = withPolicy(ask, { validate: (text) => text !== "answer 0", retry: { retries: 1, firstDelayMs: 0 } });
  expect((await runForTest(second, "in")).result.unwrap()).toBe("answer 1");
  expect(turns()).toEqual([0, 0]);
  const talk = pipeline({ name: "talk" }).loop(ask, { maxIterations: 3, next: () => "and?", history: { keep: "whole" } });
  expect((await runForTest(talk, "in")).result.status).toBe("succeeded");
  expect(turns()).toEqual([0, 0, 0, 1, 2]);
});

test("what an agent was asked when its script was used up is in the failure of the run", async () => {
  const ask = agent({ name: "ask", model: scriptedModel([]), instructions: "Answer." });
  const { result } = await runForTest(ask, "Where is order 4471, which I paid for?");
  const message = 'Its last user message: "Where is order 4471, which I paid for?".';
  expect(result).toMatchObject({ status: "failed", failure: { message: expect.stringContaining(message) } });
});

test("it streams the same", async () => {
  const result = streamText({
    model: scriptedModel([{ text: "hello", finish: "length", usage: { inputTokens: 3, outputTokens: 2, cachedInputTokens: 1 } }]),
    prompt: "a",
  });
  expect(await result.text).toBe("hello");
  expect(await result.finishReason).toBe("length");
  expect(await result.usage).toMatchObject({ inputTokens: 3, outputTokens: 2, inputTokenDetails: { cacheReadTokens: 1 } });
});

test("a slow answer stops at an abort, with the signal's own reason", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const model = scriptedModel(() => {
    setImmediate(() => abort.abort(reason));
    return { text: "late", delayMs: 60_000 };
  });
  await expect(generateText({ model, prompt: "a", abortSignal: abort.signal })).rejects.toBe(reason);
});

/** All parts of one streamed answer. */
async function partsOf(answer: ScriptedAnswer): Promise<readonly LanguageModelV4StreamPart[]> {
  const { stream } = await scriptedModel([answer]).doStream({ prompt: [] });
  return collect(stream);
}

async function collect<T>(stream: ReadableStream<T>): Promise<readonly T[]> {
  const parts: T[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

test("a text comes word by word, or in the pieces that are given, after the reasoning", async () => {
  const deltas = async (answer: ScriptedAnswer) =>
    (await partsOf(answer)).flatMap((part) => (part.type === "text-delta" || part.type === "reasoning-delta" ? [part.delta] : []));
  expect(await deltas("one two three")).toEqual(["one", " two", " three"]);
  expect(await deltas({ pieces: ["on", "e t", "wo"], reasoning: "let me" })).toEqual(["let", " me", "on", "e t", "wo"]);
});

test("what a provider adds comes with the end of a block, and with a call", async () => {
  const metadata = { anthropic: { signature: "S" } };
  const parts = await partsOf({
    reasoning: "hm",
    calls: [{ tool: "look", input: {}, metadata: { google: { thoughtSignature: "T" } } }],
    metadata,
  });
  expect(parts).toContainEqual({ type: "reasoning-end", id: "0", providerMetadata: metadata });
  expect(parts).toContainEqual(expect.objectContaining({ type: "tool-call", providerMetadata: { google: { thoughtSignature: "T" } } }));
});

test("it breaks off as the script says: with an error, without an end, or by failing", async () => {
  const types = async (breaks: "error" | "end") => (await partsOf({ text: "half", breaks })).map(({ type }) => type);
  expect((await types("error")).at(-1)).toBe("error");
  expect((await types("end")).at(-1)).toBe("text-end");
  await expect(partsOf({ text: "half", breaks: "cut" })).rejects.toThrow("The script cuts the connection.");
  for (const breaks of ["cut", "error", "end"] as const)
    await expect(scriptedModel([{ text: "half", breaks }]).doGenerate({ prompt: [] })).rejects.toThrow("The script");
});

test("it hangs until it is hung up on, streamed or not", async () => {
  const reason = new Error("enough");
  for (const streamed of [true, false]) {
    const abort = new AbortController();
    const model = scriptedModel([{ text: "half", breaks: "hang" }]);
    const options = { prompt: [], abortSignal: abort.signal };
    const asked = streamed ? model.doStream(options).then(({ stream }) => collect(stream)) : model.doGenerate(options);
    setTimeout(() => abort.abort(reason), 1);
    await expect(asked).rejects.toBe(reason);
  }
});

test("a refusal is a filter's end that says so", async () => {
  const result = await scriptedModel([{ text: "I will not.", finish: "refusal" }]).doGenerate({ prompt: [] });
  expect(result.finishReason).toEqual({ unified: "content-filter", raw: "refusal" });
});
