import { createOpenAI } from "@ai-sdk/openai";
import { MockLanguageModelV3, MockLanguageModelV4, simulateReadableStream } from "ai/test";
import { describe, expect, test, vi } from "vitest";
import { replyFrom, requestOf } from "../../test/providers/support/ask.ts";
import type { ModelReply, ModelRequest, OfferedTool } from "../runtime/model-port.ts";
import { scriptedModel } from "../testing/scripted-model.ts";

const ADD: OfferedTool = {
  name: "add",
  description: "Adds two numbers.",
  inputSchema: { type: "object", properties: { a: { type: "number" }, b: { type: "number" } }, required: ["a", "b"] },
};
const SUM = { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] } as const;

function requestTo(model: string | object, more: Partial<ModelRequest> = {}): ModelRequest {
  return requestOf({ model, instructions: "Be exact.", transcript: [{ role: "user", text: "What is 1 + 2?" }], ...more });
}

async function replyTo(request: ModelRequest): Promise<ModelReply> {
  return replyFrom({}, request);
}

describe("one call of a model object", () => {
  test("a text comes back with its tokens, and instructions go as the system's word", async () => {
    const model = scriptedModel(["three"]);
    const reply = await replyTo(requestTo(model));
    expect(reply).toEqual({
      text: "three",
      reasoning: "",
      toolCalls: [],
      finish: "stop",
      messages: [{ role: "assistant", content: [{ type: "text", text: "three" }] }],
      usage: {
        inputTokens: 100,
        cachedInputTokens: 0,
        cacheWriteTokens: 0,
        outputTokens: 20,
        reasoningTokens: 0,
        modelCalls: 1,
        toolCalls: 0,
      },
      cost: { kind: "unknown" },
    });
    expect(model.calls[0]?.options.prompt[0]).toMatchObject({ role: "system", content: "Be exact." });
  });

  test("an object is asked for by its schema, and comes back as text", async () => {
    const model = scriptedModel([{ json: { sum: 3 } }]);
    expect((await replyTo(requestTo(model, { outputSchema: SUM }))).text).toBe('{"sum":3}');
    expect(model.calls[0]?.options.responseFormat).toEqual({ type: "json", schema: { ...SUM, additionalProperties: false } });
  });

  test.each(["not json", '```json\n{"sum":3}\n```', '{"total":3}', ""])(
    "an answer that does not fit is no error here: %j",
    async (text) => {
      expect((await replyTo(requestTo(scriptedModel([text]), { outputSchema: SUM }))).text).toBe(text);
    },
  );

  test("tool calls are handed over in order, and not run", async () => {
    const calls = [1, 2, 3].map((a) => ({ tool: "add", input: { a, b: 0 } }));
    const reply = await replyTo(requestTo(scriptedModel([{ calls, text: "Adding." }]), { tools: [ADD], outputSchema: SUM }));
    expect(reply.finish).toBe("tool-calls");
    expect(reply.toolCalls).toEqual(calls.map(({ input }, index) => ({ callId: `call_0_${index}`, name: "add", input })));
    expect(reply.text).toBe("Adding.");
  });

  test("the mock model of ai/test is accepted", async () => {
    const usage = { inputTokens: { total: 4, noCache: 3, cacheRead: 1, cacheWrite: 0 }, outputTokens: { total: 2, text: 1, reasoning: 1 } };
    const model = new MockLanguageModelV4({
      doGenerate: { content: [{ type: "text", text: "hi" }], finishReason: { unified: "stop", raw: "stop" }, usage, warnings: [] },
    });
    const reply = await replyTo(requestTo(model, { settings: { stream: false } }));
    expect(reply).toMatchObject({
      text: "hi",
      usage: { inputTokens: 4, cachedInputTokens: 1, outputTokens: 2, reasoningTokens: 1 },
      cost: { kind: "unknown" },
    });
  });
});

describe("model objects of older specifications", () => {
  const said = [
    { type: "stream-start" as const, warnings: [] },
    { type: "text-start" as const, id: "0" },
    { type: "text-delta" as const, id: "0", delta: "old " },
    { type: "text-delta" as const, id: "0", delta: "words" },
    { type: "text-end" as const, id: "0" },
  ];

  test("of version 2 answer too, and are told of a refused tool call as of an error", async () => {
    const usage = { inputTokens: 4, outputTokens: 2, totalTokens: 6 };
    const finish = { type: "finish" as const, finishReason: "stop" as const, usage };
    const prompts: unknown[] = [];
    const model = {
      specificationVersion: "v2",
      provider: "old",
      modelId: "m",
      supportedUrls: {},
      doGenerate: () => Promise.reject(new Error("It is asked for a stream.")),
      doStream: async ({ prompt }: { readonly prompt: unknown }) => {
        prompts.push(prompt);
        return { stream: simulateReadableStream({ chunks: [...said, finish] }) };
      },
    };
    const call = { type: "tool-call", toolCallId: "c", toolName: "add", input: {} };
    const transcript: ModelRequest["transcript"] = [
      { role: "user", text: "Add." },
      { role: "assistant", messages: [{ role: "assistant", content: [call] }] },
      { role: "tools", answers: [{ callId: "c", name: "add", output: { type: "denied", reason: "No." } }] },
    ];
    expect(await replyTo(requestTo(model, { transcript }))).toMatchObject({
      text: "old words",
      finish: "stop",
      usage: { inputTokens: 4, outputTokens: 2 },
    });
    expect(JSON.stringify(prompts)).toContain('"output":{"type":"error-text","value":"No."}');
  });

  test("of version 3 answer too", async () => {
    const usage = { inputTokens: { total: 4, noCache: 4, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 2, text: 2, reasoning: 0 } };
    const finish = { type: "finish" as const, finishReason: { unified: "stop" as const, raw: "stop" }, usage };
    const model = new MockLanguageModelV3({ doStream: async () => ({ stream: simulateReadableStream({ chunks: [...said, finish] }) }) });
    expect(await replyTo(requestTo(model))).toMatchObject({ text: "old words", usage: { inputTokens: 4, outputTokens: 2 } });
    expect(await replyTo(requestTo(model))).toMatchObject({ text: "old words" });
  });

  test("of a version nobody knows are refused", async () => {
    const model = { ...scriptedModel(["x"]), specificationVersion: "v1" };
    await expect(replyTo(requestTo(model))).rejects.toMatchObject({ code: "model_unknown" });
  });
});

test("a model object without its key is refused as a reference without one is", async () => {
  vi.stubEnv("OPENAI_API_KEY", undefined);
  await expect(replyTo(requestTo(createOpenAI({ baseURL: "http://127.0.0.1:1/v1" })("gpt-5-mini")))).rejects.toMatchObject({
    code: "api_key_missing",
    message: expect.stringContaining("OPENAI_API_KEY"),
  });
  vi.unstubAllEnvs();
});
