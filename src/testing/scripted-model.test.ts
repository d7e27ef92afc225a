import { generateText, streamText } from "ai";
import { expect, test } from "vitest";
import { scriptedModel } from "./scripted-model.ts";

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

test("a function sees the call", async () => {
  const model = scriptedModel(({ lastUserText }) => ({ json: { said: lastUserText } }));
  expect((await generateText({ model, prompt: "hello" })).text).toBe('{"said":"hello"}');
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
