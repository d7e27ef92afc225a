import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { replyFrom, toolOf } from "../../test/providers/support/ask.ts";
import type { TranscriptItem } from "../model/transcript.ts";
import type { ModelReply, ModelRequest } from "../runtime/model-port.ts";
import { type ModelServer, startModelServer } from "../testing/model-server/model-server.ts";
import type { ModelServerReply } from "../testing/model-server/send-reply.ts";

/** The real provider package against a real server; what goes over the wire is looked at there. */
let server: ModelServer;
let replies: ModelServerReply[];
beforeEach(async () => {
  replies = [];
  server = await startModelServer((_request, index) => replies[index] ?? "done");
});
afterEach(() => server.close());

const ANSWER = { type: "object", properties: { area: { type: "string", enum: ["billing", "bug"] } }, required: ["area"] } as const;
const ASKED: TranscriptItem = { role: "user", text: "Where is my money?" };

function ask(more: Partial<ModelRequest> = {}): Promise<ModelReply> {
  return replyFrom({ env: server.env }, { transcript: [ASKED], ...more });
}

describe("one request over the wire", () => {
  test("a text: one request, with key, model, instructions and the user's words", async () => {
    replies = [{ text: "Gone.", usage: { inputTokens: 12, outputTokens: 3, cachedInputTokens: 8, reasoningTokens: 1 } }];
    const reply = await ask();
    expect(reply).toMatchObject({ text: "Gone.", finish: "stop", cost: { kind: "unknown" } });
    expect(reply.usage).toEqual({
      inputTokens: 12,
      cachedInputTokens: 8,
      cacheWriteTokens: 0,
      outputTokens: 3,
      reasoningTokens: 1,
      modelCalls: 1,
      toolCalls: 0,
    });
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${server.env["OPENAI_COMPATIBLE_API_KEY"]}`);
    expect(server.requests[0]?.body).toEqual({
      model: "m1",
      messages: [
        { role: "system", content: "Sort." },
        { role: "user", content: "Where is my money?" },
      ],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("without a stream where the settings say so", async () => {
    replies = ["Gone."];
    expect(await ask({ settings: { stream: false } })).toMatchObject({ text: "Gone.", finish: "stop" });
    expect(server.requests[0]?.body).not.toHaveProperty("stream");
  });

  test("an object: its schema is sent to be kept to the letter, closed", async () => {
    replies = [{ json: { area: "bug" } }];
    expect((await ask({ outputSchema: ANSWER })).text).toBe('{"area":"bug"}');
    expect(server.requests[0]?.body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "response", strict: true, schema: { ...ANSWER, additionalProperties: false } },
    });
  });

  test("a schema with an optional property is sent as it is, not to the letter: OpenAI would refuse it", async () => {
    const loose = { ...ANSWER, required: [] };
    await ask({ outputSchema: loose, model: "openai:gpt-5-mini" });
    await ask({ outputSchema: loose });
    expect(server.requests[0]?.body["text"]).toEqual({ format: { type: "json_schema", name: "response", strict: false, schema: loose } });
    expect(server.requests[1]?.body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "response", strict: false, schema: loose },
    });
    for (const { body } of server.requests) expect(body).not.toHaveProperty("strictJsonSchema");
  });

  test("a list is asked for inside an object, and comes back as the list", async () => {
    replies = [{ json: { value: ["a", "b"] } }];
    expect((await ask({ outputSchema: { type: "array", items: { type: "string" } } })).text).toBe('["a","b"]');
    expect(server.requests[0]?.body["response_format"]).toMatchObject({ json_schema: { schema: { type: "object", required: ["value"] } } });
  });

  test.each(['{"area":"weather"}', '```json\n{"area":"bug"}\n```', '{"area":', ""])(
    "an answer that does not fit is handed over as it is: %j",
    async (text) => {
      replies = [text];
      expect(await ask({ outputSchema: ANSWER })).toMatchObject({ text, finish: "stop" });
    },
  );

  test("tools are offered with their schema; one call comes back", async () => {
    replies = [{ calls: [{ tool: "look", input: { x: 1 } }] }];
    const reply = await ask({ tools: [toolOf("look")], outputSchema: ANSWER });
    expect(reply).toMatchObject({ finish: "tool-calls", text: "", toolCalls: [{ callId: "call_0_0", name: "look", input: { x: 1 } }] });
    const { name, description, inputSchema } = toolOf("look");
    expect(server.requests[0]?.body["tools"]).toEqual([{ type: "function", function: { name, description, parameters: inputSchema } }]);
  });

  test("parallel calls keep the model's order", async () => {
    replies = [{ calls: [3, 1, 2].map((x) => ({ tool: "look", input: { x } })) }];
    const reply = await ask({ tools: [toolOf("look")] });
    expect(reply.toolCalls.map((call) => call.input)).toEqual([{ x: 3 }, { x: 1 }, { x: 2 }]);
  });

  test.each([
    ["stop" as const, ANSWER],
    ["stop" as const, null],
    ["tool_calls" as const, ANSWER],
  ])("tool calls that come with finish %s are not lost", async (finish, outputSchema) => {
    replies = [{ calls: [{ tool: "look", input: { x: 1 } }], finish }];
    expect(await ask({ tools: [toolOf("look")], outputSchema })).toMatchObject({ finish: "tool-calls", toolCalls: [{ name: "look" }] });
  });

  test("a finish of tool calls without a call is a stop", async () => {
    replies = [{ text: "well", finish: "tool_calls" }];
    expect(await ask({ outputSchema: ANSWER })).toMatchObject({ finish: "stop", toolCalls: [], text: "well" });
  });

  test.each([
    ["length", "length"],
    ["content_filter", "content-filter"],
  ] as const)("finish %s is passed on", async (finish, expected) => {
    replies = [{ text: '{"ar', finish }];
    expect(await ask({ outputSchema: ANSWER })).toMatchObject({ finish: expected, text: '{"ar' });
  });

  test("without usage the tokens are guessed from the size, and never free", async () => {
    replies = [{ text: "a".repeat(400), usage: null }];
    const reply = await ask();
    expect(reply.usage).toMatchObject({ outputTokens: 100, modelCalls: 1 });
    expect(reply.usage.inputTokens).toBeGreaterThan(10);
    expect(reply.usage.inputTokens).toBeLessThan(100);
  });
});

describe("the second request over the wire", () => {
  const tools = [toolOf("look"), toolOf("count")];

  async function secondBodies(
    first: ModelServerReply,
    answersOf: (reply: ModelReply) => TranscriptItem,
    settings: ModelRequest["settings"] = {},
  ): Promise<readonly [string, string]> {
    replies = [first];
    const reply = await ask({ tools, outputSchema: ANSWER, settings });
    const transcript: readonly TranscriptItem[] = [ASKED, { role: "assistant", messages: reply.messages }, answersOf(reply)];
    await ask({ tools, outputSchema: ANSWER, transcript: deepFreeze(transcript) });
    await ask({ tools, outputSchema: ANSWER, transcript: JSON.parse(JSON.stringify(transcript)) as readonly TranscriptItem[] });
    return [server.requests[1]?.bodyText ?? "", server.requests[2]?.bodyText ?? ""];
  }

  test("answers go back by the provider's own ids, the same fresh as through JSON", async () => {
    const [fresh, thawed] = await secondBodies(
      { text: "Let me see.", calls: [0, 1, 2, 3].map((x) => ({ tool: "look", input: { x } })) },
      (reply) => {
        const outputs = [{ price: 3 }, "plain words", undefined].map((value) => ({ type: "value", value }) as const);
        const answers = reply.toolCalls.map(({ callId, name }, index) => ({
          callId,
          name,
          output: outputs[index] ?? ({ type: "error", message: "no such customer" } as const),
        }));
        return { role: "tools", answers };
      },
    );
    expect(thawed).toBe(fresh);
    const { messages } = JSON.parse(fresh) as { messages: unknown[] };
    expect(messages.slice(2)).toEqual([
      {
        role: "assistant",
        content: "Let me see.",
        tool_calls: [0, 1, 2, 3].map((x) => ({
          id: `call_0_${x}`,
          type: "function",
          function: { name: "look", arguments: JSON.stringify({ x }) },
        })),
      },
      { role: "tool", tool_call_id: "call_0_0", content: '{"price":3}' },
      { role: "tool", tool_call_id: "call_0_1", content: "plain words" },
      { role: "tool", tool_call_id: "call_0_2", content: "null" },
      { role: "tool", tool_call_id: "call_0_3", content: "no such customer" },
    ]);
  });

  test("calls that cannot be run are handed over too, with what is wrong; what goes back holds arguments that any provider takes", async () => {
    const broken = { tool: "look", input: '{"x": ' };
    const unknown = { tool: "lookk", input: { x: 2 } };
    const bare = { tool: "count", input: "[1]" };
    const nothing = { tool: "count", input: "" };
    const [fresh, thawed] = await secondBodies({ calls: [broken, unknown, bare, nothing] }, (reply) => {
      expect(reply.toolCalls).toMatchObject([
        {
          callId: "call_0_0",
          name: "look",
          input: '{"x": ',
          problem: expect.stringMatching(/^The arguments of "look" are not valid JSON: /),
        },
        { callId: "call_0_1", name: "lookk", input: { x: 2 } },
        { callId: "call_0_2", name: "count", input: [1] },
        { callId: "call_0_3", name: "count", input: {} },
      ]);
      const answers = reply.toolCalls.map(({ callId, name, problem }) => {
        return { callId, name, output: { type: "error", message: problem ?? "no" } as const };
      });
      return { role: "tools", answers };
    });
    expect(thawed).toBe(fresh);
    const { messages } = JSON.parse(fresh) as {
      messages: readonly { readonly tool_calls?: readonly { function: { arguments: string } }[] }[];
    };
    expect(messages[2]?.tool_calls?.map((call) => call.function.arguments)).toEqual(["{}", '{"x":2}', "{}", "{}"]);
  });

  test("reasoning and signatures go back to the letter", async () => {
    const call = {
      id: "c1",
      type: "function",
      function: { name: "look", arguments: '{"x":1}' },
      extra_content: { google: { thought_signature: "SIG==" } },
    };
    const message = { role: "assistant", content: null, reasoning_content: "First, look.", tool_calls: [call] };
    const first = { body: JSON.stringify({ id: "r", choices: [{ index: 0, message, finish_reason: "tool_calls" }] }) };
    const [fresh, thawed] = await secondBodies(
      first,
      () => ({
        role: "tools",
        answers: [{ callId: "c1", name: "look", output: { type: "value", value: true } }],
      }),
      { stream: false },
    );
    expect(thawed).toBe(fresh);
    expect((JSON.parse(fresh) as { messages: unknown[] }).messages[2]).toEqual(message);
  });

  test("an invalid answer and what was said of it follow each other", async () => {
    replies = ["nonsense"];
    const reply = await ask({ outputSchema: ANSWER });
    await ask({
      outputSchema: ANSWER,
      transcript: [ASKED, { role: "assistant", messages: reply.messages }, { role: "user", text: "Not valid." }],
    });
    expect(server.requests[1]?.messages.slice(2)).toEqual([
      { role: "assistant", content: "nonsense" },
      { role: "user", content: "Not valid." },
    ]);
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
