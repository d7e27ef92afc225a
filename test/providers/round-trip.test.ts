import { describe, expect, test } from "vitest";
import type { TranscriptItem } from "../../src/model/transcript.ts";
import type { ModelReply } from "../../src/runtime/model-port.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { replyFrom, toolOf } from "./support/ask.ts";
import { anthropicStream, chatStream, googleStream, responsesStream, streamed } from "./support/streams.ts";

// What a model said goes through the journal as JSON, and back to the provider. Nothing that the provider wants back may be
// lost on the way, and a resumed run must send what an undisturbed one would have sent, to the byte.

interface Story {
  readonly model: string;
  readonly stream: string;
  readonly reasoning: string;
  readonly text: string;
  /** What the second request must hold, somewhere, as JSON. */
  readonly sentBack: readonly unknown[];
}

const STORIES: Readonly<Record<string, Story>> = {
  anthropic: {
    model: "anthropic:claude-sonnet-4-5",
    stream: anthropicStream(
      [
        {
          begun: { type: "thinking", thinking: "", signature: "" },
          deltas: [
            { type: "thinking_delta", thinking: "First, " },
            { type: "thinking_delta", thinking: "look." },
            { type: "signature_delta", signature: "SIG-1==" },
          ],
        },
        { begun: { type: "redacted_thinking", data: "REDACTED==" }, deltas: [] },
        { begun: { type: "text", text: "" }, deltas: [{ type: "text_delta", text: "Let me see." }] },
        {
          begun: { type: "tool_use", id: "toolu_1", name: "look", input: {} },
          deltas: [
            { type: "input_json_delta", partial_json: '{"x":' },
            { type: "input_json_delta", partial_json: "1}" },
          ],
        },
        { begun: { type: "tool_use", id: "toolu_2", name: "look", input: {} }, deltas: [] },
      ],
      "tool_use",
    ),
    reasoning: "First, look.",
    text: "Let me see.",
    sentBack: [
      { type: "thinking", thinking: "First, look.", signature: "SIG-1==" },
      { type: "redacted_thinking", data: "REDACTED==" },
      { type: "tool_use", id: "toolu_1", name: "look", input: { x: 1 } },
      { type: "tool_use", id: "toolu_2", name: "look", input: {} },
    ],
  },
  google: {
    model: "google:gemini-2.5-flash",
    stream: googleStream([
      { text: "First, look.", thought: true },
      { text: "Let me" },
      { text: " see.", thoughtSignature: "VEVYVC1TSUc=" },
      { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" }, thoughtSignature: "RklMRS1TSUc=" },
      { functionCall: { id: "f1", name: "look", args: { x: 1 } }, thoughtSignature: "Q0FMTC1TSUc=" },
      { functionCall: { id: "f2", name: "look", args: {} } },
    ]),
    reasoning: "First, look.",
    text: "Let me see.",
    sentBack: [
      { text: "Let me see.", thoughtSignature: "VEVYVC1TSUc=" },
      { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" }, thoughtSignature: "RklMRS1TSUc=" },
      { functionCall: { id: "f1", name: "look", args: { x: 1 } }, thoughtSignature: "Q0FMTC1TSUc=" },
      { functionCall: { id: "f2", name: "look", args: {} } },
    ],
  },
  openai: {
    model: "openai:gpt-5-mini",
    stream: responsesStream([
      {
        type: "reasoning",
        id: "rs_1",
        encrypted_content: "ENC==",
        summary: [
          { type: "summary_text", text: "First," },
          { type: "summary_text", text: "look." },
        ],
      },
      {
        type: "message",
        id: "msg_1",
        status: "completed",
        role: "assistant",
        content: [{ type: "output_text", text: "Let me see.", annotations: [] }],
      },
      { type: "function_call", id: "fc_1", status: "completed", call_id: "call_1", name: "look", arguments: '{"x":1}' },
      { type: "function_call", id: "fc_2", status: "completed", call_id: "call_2", name: "look", arguments: "" },
    ]),
    reasoning: "First,\n\nlook.",
    text: "Let me see.",
    sentBack: [
      {
        type: "reasoning",
        id: "rs_1",
        encrypted_content: "ENC==",
        summary: [
          { type: "summary_text", text: "First," },
          { type: "summary_text", text: "look." },
        ],
      },
      { type: "function_call", call_id: "call_1", name: "look", arguments: '{"x":1}' },
      { type: "function_call", call_id: "call_2", name: "look", arguments: "{}" },
    ],
  },
  "openai-compatible": {
    model: "openai-compatible:m",
    stream: chatStream(
      [
        { role: "assistant", reasoning_content: "First, " },
        { reasoning_content: "look." },
        { content: "Let me" },
        { content: " see." },
        {
          tool_calls: [
            {
              index: 0,
              id: "c1",
              type: "function",
              function: { name: "look", arguments: '{"x"' },
              extra_content: { google: { thought_signature: "SIG==" } },
            },
          ],
        },
        { tool_calls: [{ index: 0, function: { arguments: ":1}" } }] },
        { tool_calls: [{ index: 1, id: "c2", type: "function", function: { name: "look", arguments: "{}" } }] },
      ],
      "tool_calls",
    ),
    reasoning: "First, look.",
    text: "Let me see.",
    sentBack: [
      {
        role: "assistant",
        content: "Let me see.",
        reasoning_content: "First, look.",
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "look", arguments: '{"x":1}' },
            extra_content: { google: { thought_signature: "SIG==" } },
          },
          { id: "c2", type: "function", function: { name: "look", arguments: "{}" } },
        ],
      },
    ],
  },
};

const ASKED: TranscriptItem = { role: "user", text: "Where is it?" };

function answersTo(reply: ModelReply): TranscriptItem {
  return {
    role: "tools",
    answers: reply.toolCalls.map(({ callId, name }) => ({ callId, name, output: { type: "value", value: { at: 3 } } })),
  };
}

/** Every value in a body, whatever it stands in. */
function valuesIn(value: unknown): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(valuesIn)];
}

describe.each(Object.entries(STORIES))("%s", (_name, { model, stream, reasoning, text, sentBack }) => {
  test("what it said is read from its stream, in order", async () => {
    await using server = await startModelServer([streamed(stream)]);
    const reply = await replyFrom({ env: server.env }, { model, transcript: [ASKED], tools: [toolOf("look")] });
    expect(reply).toMatchObject({ text, reasoning, finish: "tool-calls", usage: { inputTokens: 10, outputTokens: 5 } });
    expect(reply.toolCalls.map(({ name, input }) => [name, input])).toEqual([
      ["look", { x: 1 }],
      ["look", {}],
    ]);
  });

  test("it goes back with all that the provider wants to see again, the same bytes before and after JSON", async () => {
    await using server = await startModelServer([streamed(stream), "fresh", "thawed"]);
    const ask = (transcript: readonly TranscriptItem[]) => replyFrom({ env: server.env }, { model, transcript, tools: [toolOf("look")] });
    const reply = await ask([ASKED]);
    const transcript = [ASKED, { role: "assistant", messages: reply.messages } as const, answersTo(reply)];
    expect(JSON.parse(JSON.stringify(reply.messages))).toEqual(reply.messages);
    await ask(transcript);
    await ask(JSON.parse(JSON.stringify(transcript)) as readonly TranscriptItem[]);
    const [, fresh, thawed] = server.requests;
    expect(thawed?.bodyText).toBe(fresh?.bodyText);
    const values = valuesIn(fresh?.body);
    for (const wanted of sentBack) expect(values).toContainEqual(wanted);
  });

  test("an answer with nothing in it leaves nothing to send back", async () => {
    await using server = await startModelServer([{ text: "" }]);
    expect(await replyFrom({ env: server.env }, { model })).toMatchObject({ text: "", messages: [], toolCalls: [] });
  });
});

test("OpenAI is asked to keep nothing, unless the settings lean on what it keeps", async () => {
  await using server = await startModelServer(() => "fine");
  const ask = (openai: Readonly<Record<string, string | boolean>>) =>
    replyFrom({ env: server.env }, { model: "openai:gpt-5-mini", settings: { providerOptions: { openai } } });
  await ask({});
  await ask({ store: true });
  await ask({ previousResponseId: "resp_0" });
  expect(server.requests.map(({ body }) => [body["store"], body["include"]])).toEqual([
    [false, ["reasoning.encrypted_content"]],
    [true, undefined],
    [undefined, undefined],
  ]);
});
