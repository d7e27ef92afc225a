import { describe, expect, test } from "vitest";
import type { ModelSettings } from "../../src/model/model-settings.ts";
import type { ModelRequest } from "../../src/runtime/model-port.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { MODELS } from "./support/all-four.ts";
import { replyFrom, toolOf } from "./support/ask.ts";

async function sent(provider: keyof typeof MODELS, more: Partial<ModelRequest>) {
  await using server = await startModelServer(["fine"]);
  await replyFrom({ env: server.env }, { model: MODELS[provider], ...more });
  const [request] = server.requests;
  if (request === undefined) throw new Error("Nothing was sent.");
  return request;
}

const ALL: ModelSettings = {
  temperature: 0.5,
  topP: 0.9,
  topK: 40,
  maxOutputTokens: 321,
  stopSequences: ["END"],
  seed: 7,
  presencePenalty: 0.1,
  frequencyPenalty: 0.2,
  headers: { "x-team": "desk" },
};

describe("settings reach the wire", () => {
  test("of chat completions", async () => {
    const request = await sent("openai-compatible", { settings: { ...ALL, reasoning: "low" } });
    expect(request.body).toMatchObject({
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 321,
      stop: ["END"],
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      reasoning_effort: "low",
    });
    expect(request.headers["x-team"]).toBe("desk");
  });

  test("of Anthropic", async () => {
    const { temperature: _one, topP: _other, ...rest } = ALL;
    const request = await sent("anthropic", { settings: rest });
    expect(request.body).toMatchObject({ top_k: 40, max_tokens: 321, stop_sequences: ["END"] });
    expect((await sent("anthropic", { settings: { temperature: 0.5 } })).body).toMatchObject({ temperature: 0.5 });
    expect(request.headers["x-team"]).toBe("desk");
  });

  test("of Google", async () => {
    const request = await sent("google", { settings: ALL });
    expect(request.body).toMatchObject({
      generationConfig: { temperature: 0.5, topP: 0.9, topK: 40, maxOutputTokens: 321, stopSequences: ["END"], seed: 7 },
    });
    expect(request.headers["x-team"]).toBe("desk");
  });

  test("of OpenAI, with the effort", async () => {
    const request = await sent("openai", { settings: { maxOutputTokens: 321, reasoning: "high", headers: { "x-team": "desk" } } });
    expect(request.body).toMatchObject({ max_output_tokens: 321, reasoning: { effort: "high" }, store: false });
    expect(request.headers["x-team"]).toBe("desk");
  });

  test("how hard Anthropic and Google are to think", async () => {
    expect((await sent("anthropic", { settings: { reasoning: "high" } })).body["thinking"]).toMatchObject({ type: "enabled" });
    expect((await sent("google", { settings: { reasoning: "high" } })).body).toMatchObject({
      generationConfig: { thinkingConfig: { thinkingBudget: expect.any(Number) } },
    });
  });

  test("options of a provider's own, beside ours", async () => {
    const providerOptions = { openai: { parallelToolCalls: false }, anthropic: { disableParallelToolUse: true } };
    const { body } = await sent("openai", { settings: { providerOptions } });
    expect(body).toMatchObject({ store: false, parallel_tool_calls: false });
  });

  test("nothing is sent that is not set", async () => {
    const { body } = await sent("openai-compatible", {});
    expect(Object.keys(body).sort()).toEqual(["messages", "model", "stream", "stream_options"]);
  });
});

describe("which tool must be called", () => {
  const tools = [toolOf("look"), toolOf("count")];

  test.each([
    ["openai-compatible", "required", { tool_choice: "required" }],
    ["openai-compatible", { tool: "count" }, { tool_choice: { type: "function", function: { name: "count" } } }],
    ["openai", { tool: "count" }, { tool_choice: { type: "function", name: "count" } }],
    ["anthropic", "required", { tool_choice: { type: "any" } }],
    ["anthropic", { tool: "count" }, { tool_choice: { type: "tool", name: "count" } }],
    ["google", "required", { toolConfig: { functionCallingConfig: { mode: "ANY" } } }],
    ["google", "none", { toolConfig: { functionCallingConfig: { mode: "NONE" } } }],
  ] as const)("%s: %j", async (provider, toolChoice, body) => {
    expect((await sent(provider, { tools, toolChoice })).body).toMatchObject(body);
  });

  test("without a tool there is nothing to choose", async () => {
    expect((await sent("openai-compatible", { toolChoice: "none" })).body).not.toHaveProperty("tool_choice");
  });
});

test.each([
  ["openai", "openai.web_search", "web_search", {}, { tools: [{ type: "web_search" }] }],
  [
    "anthropic",
    "anthropic.web_search_20250305",
    "web_search",
    { maxUses: 2 },
    { tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }] },
  ],
  ["google", "google.google_search", "google_search", {}, { tools: [{ googleSearch: {} }] }],
] as const)("%s runs a tool of its own: %s", async (provider, id, name, args, body) => {
  expect((await sent(provider, { providerTools: [{ id, name, args }] })).body).toMatchObject(body);
});

describe("an object is asked for", () => {
  const schema = {
    type: "object",
    properties: { area: { type: "string" }, note: { type: "string" } },
    required: ["area", "note"],
  } as const;
  const closed = { ...schema, additionalProperties: false };

  test("of OpenAI, to the letter where the schema allows it", async () => {
    expect((await sent("openai", { outputSchema: schema })).body["text"]).toMatchObject({
      format: { type: "json_schema", strict: true, schema: closed },
    });
  });

  test("of chat completions", async () => {
    expect((await sent("openai-compatible", { outputSchema: schema })).body["response_format"]).toMatchObject({
      type: "json_schema",
      json_schema: { strict: true, schema: closed },
    });
  });

  test("of Anthropic, by its own structured outputs where the model has them, else by a tool that stands for the answer", async () => {
    expect((await sent("anthropic", { outputSchema: schema })).body).toMatchObject({
      output_config: { format: { type: "json_schema", schema: closed } },
    });
    await using server = await startModelServer([{ calls: [{ tool: "json", input: { area: "bug", note: "" } }] }]);
    const old = await replyFrom({ env: server.env }, { model: "anthropic:claude-3-haiku-20240307", outputSchema: schema });
    expect(old).toMatchObject({ text: '{"area":"bug","note":""}', toolCalls: [], finish: "stop" });
    expect(server.requests[0]?.tools).toEqual(["json"]);
  });

  test("of Google", async () => {
    expect((await sent("google", { outputSchema: schema })).body).toMatchObject({
      generationConfig: { responseMimeType: "application/json" },
    });
  });

  // Gemini up to 2.5 has either tools or an object: its package makes a tool of the object, as Anthropic's does for old models.
  test.each(Object.entries(MODELS))(
    "of %s together with tools: both are sent, a call comes back, then the object",
    async (provider, model) => {
      const object = { area: "bug", note: "n" };
      const answer = provider === "google" ? { calls: [{ tool: "json", input: object }] } : { json: object };
      await using server = await startModelServer([{ calls: [{ tool: "look", input: { x: 1 } }] }, answer]);
      const ask = (transcript: ModelRequest["transcript"]) =>
        replyFrom({ env: server.env }, { model, tools: [toolOf("look")], outputSchema: schema, transcript });
      const asked = { role: "user", text: "What is it?" } as const;
      const first = await ask([asked]);
      expect(first).toMatchObject({ finish: "tool-calls", toolCalls: [{ name: "look", input: { x: 1 } }] });
      const answers = first.toolCalls.map(({ callId, name }) => ({ callId, name, output: { type: "value" as const, value: 3 } }));
      const second = await ask([asked, { role: "assistant", messages: first.messages }, { role: "tools", answers }]);
      expect(JSON.parse(second.text)).toEqual({ area: "bug", note: "n" });
      for (const { tools, bodyText } of server.requests) {
        expect(tools).toContain("look");
        expect(bodyText).toContain('"note"');
      }
    },
  );
});
