import { describe, expect, test } from "vitest";
import { scriptedModel, startModelServer } from "../../src/testing/index.ts";
import type { ModelServerReply } from "../../src/testing/index.ts";
import { problemFrom, replyFrom, toolOf } from "./support/ask.ts";
import { ALL_FOUR } from "./support/all-four.ts";
import { googleStream, named, responsesStream, streamed, unnamed } from "./support/streams.ts";

describe.each(ALL_FOUR)("how %s ends", (provider, model) => {
  async function endOf(reply: ModelServerReply, stream: boolean) {
    await using server = await startModelServer([reply]);
    return await replyFrom({ env: server.env }, { model, settings: { stream }, tools: [toolOf("look")] });
  }

  describe.each([true, false])("streamed: %s", (stream) => {
    test("it stops when it is done", async () => {
      expect(await endOf("Done.", stream)).toMatchObject({ text: "Done.", finish: "stop" });
    });

    test("a limit of tokens cuts it off", async () => {
      expect(await endOf({ text: "Half of", finish: "length" }, stream)).toMatchObject({ text: "Half of", finish: "length" });
    });

    test("a refusal in its own words is a refusal, with the words; Google has only its filters", async () => {
      const finish = provider === "google" ? "content-filter" : "refusal";
      expect(await endOf({ text: "I will not.", finish: "refusal" }, stream)).toMatchObject({ text: "I will not.", finish });
    });

    test("a filter stops it; Anthropic's filters are refusals", async () => {
      const finish = provider === "anthropic" ? "refusal" : "content-filter";
      expect(await endOf({ text: "The way to", finish: "content_filter" }, stream)).toMatchObject({ finish });
    });

    test("tool calls decide by themselves, whatever it says of its end", async () => {
      for (const finish of ["stop", "length", "content_filter"] as const) {
        const reply = await endOf({ calls: [{ tool: "look", input: { x: 1 } }], finish }, stream);
        expect(reply).toMatchObject({ finish: "tool-calls", toolCalls: [{ name: "look", input: { x: 1 } }] });
      }
    });

    test("nothing is an answer too", async () => {
      expect(await endOf({ text: "" }, stream)).toMatchObject({ text: "", finish: "stop", messages: [] });
    });
  });

  test("reasoning is told apart from the answer", async () => {
    expect(await endOf({ text: "Four.", reasoning: "Two and two." }, true)).toMatchObject({ text: "Four.", reasoning: "Two and two." });
  });
});

describe("what only one of them does", () => {
  test.each(["SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"])("Google's %s is a filter", async (reason) => {
    await using server = await startModelServer([streamed(googleStream([{ text: "The" }], reason))]);
    expect(await replyFrom({ env: server.env }, { model: "google:gemini-2.5-flash" })).toMatchObject({ finish: "content-filter" });
  });

  test("Google refuses to read a prompt: a filter, and nothing said", async () => {
    const blocked = { promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, usageMetadata: { promptTokenCount: 7, totalTokenCount: 7 } };
    await using server = await startModelServer([streamed(unnamed(blocked)), { body: JSON.stringify(blocked) }]);
    for (const stream of [true, false])
      expect(await replyFrom({ env: server.env }, { model: "google:gemini-2.5-flash", settings: { stream } })).toMatchObject({
        finish: "content-filter",
        text: "",
        messages: [],
        usage: { inputTokens: 7 },
      });
  });

  test("Google could not write a tool call: a failed call that may be tried again, billed by Google's own counts", async () => {
    await using server = await startModelServer([streamed(googleStream([{ text: "" }], "MALFORMED_FUNCTION_CALL"))]);
    expect(await problemFrom({ env: server.env }, { model: "google:gemini-2.5-flash" })).toMatchObject({
      code: "model_call_failed",
      retryable: true,
      message: "google:gemini-2.5-flash: the model stopped because of an error (MALFORMED_FUNCTION_CALL).",
      usage: { inputTokens: 10, outputTokens: 5 },
    });
  });

  test("OpenAI's model comments before it answers: what it comments is no part of the answer", async () => {
    const message = (id: string, phase: string, text: string) => ({
      type: "message",
      id,
      phase,
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text, annotations: [] }],
    });
    const items = [message("m1", "commentary", "I look it up."), message("m2", "final_answer", '{"a":1}')];
    await using server = await startModelServer([streamed(responsesStream(items)), "next"]);
    const reply = await replyFrom({ env: server.env }, { model: "openai:gpt-5-mini" });
    expect(reply.text).toBe('{"a":1}');
    expect(JSON.stringify(reply.messages)).toContain("I look it up.");
  });

  test("OpenAI asks for leave to run a tool of its own: nobody here can give it, and the remedy says what to do", async () => {
    const item = { type: "mcp_approval_request", id: "mcpr_1", name: "pay", arguments: "{}", server_label: "bank" };
    await using server = await startModelServer([streamed(responsesStream([item]))]);
    const problem = await problemFrom({ env: server.env }, { model: "openai:gpt-5-mini" });
    expect(problem).toMatchObject({ code: "model_call_failed", retryable: false, remedy: expect.stringContaining("without asking") });
  });

  test("Anthropic pauses in the middle of its own tools: that is no end", async () => {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: "m", type: "message", role: "assistant", model: "c", content: [], stop_reason: null, usage };
    const pause = { type: "message_delta", delta: { stop_reason: "pause_turn", stop_sequence: null }, usage };
    await using server = await startModelServer([streamed(named({ type: "message_start", message }, pause, { type: "message_stop" }))]);
    expect((await replyFrom({ env: server.env }, { model: "anthropic:claude-sonnet-4-5" })).finish).not.toBe("stop");
  });
});

test("a tool that the provider ran itself is part of what was said, and no call for us", async () => {
  const model = scriptedModel([]);
  const part = { toolCallId: "s1", toolName: "web_search", providerExecuted: true } as const;
  const searching = {
    ...model,
    doStream: async () => ({
      stream: ReadableStream.from([
        { type: "tool-call" as const, ...part, input: '{"query":"x"}' },
        { type: "tool-result" as const, ...part, result: { preview: true }, preliminary: true },
        { type: "tool-result" as const, ...part, result: { found: [1] } },
        { type: "source" as const, sourceType: "url" as const, id: "1", url: "https://example.org" },
        { type: "text-start" as const, id: "0" },
        { type: "text-delta" as const, id: "0", delta: "One." },
        { type: "text-end" as const, id: "0" },
        {
          type: "finish" as const,
          finishReason: { unified: "tool-calls" as const, raw: undefined },
          usage: {
            inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: 1, text: 1, reasoning: 0 },
          },
        },
      ]),
    }),
  };
  expect(await replyFrom({}, { model: searching })).toMatchObject({
    text: "One.",
    toolCalls: [],
    finish: "stop",
    messages: [
      {
        role: "assistant",
        content: [
          { type: "tool-call", toolCallId: "s1", toolName: "web_search", input: { query: "x" }, providerExecuted: true },
          { type: "tool-result", toolCallId: "s1", toolName: "web_search", output: { type: "json", value: { found: [1] } } },
          { type: "text", text: "One." },
        ],
      },
    ],
  });
});
