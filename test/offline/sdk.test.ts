import type { ToolSet } from "ai";
import { generateText, jsonSchema, Output, streamText, tool } from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { offlineExtract } from "../../src/agents/offline/index.ts";

const MAIL =
  "From: Ida Moss <ida@example.org>\nMember no. M-2204\n\nMy locker in the boathouse cannot be opened any more. Could somebody look at it by Friday? The key turns but nothing happens.";

// The SDK's own tool type does not fit its own tool set under exactOptionalPropertyTypes.
const declared = (description: string, inputSchema: z.ZodType): ToolSet[string] => tool({ description, inputSchema }) as ToolSet[string];
const findMember = declared("Looks a member up by the member number.", z.object({ memberNumber: z.string() }));
const searchNotices = declared("Searches the notices of the boathouse.", z.object({ query: z.string() }));
const bookRoom = declared("Books a room for a party.", z.object({ room: z.string(), guests: z.number().int() }));

describe("generateText", () => {
  test("a schema comes back filled, with usage and a finish reason", async () => {
    const schema = z.object({ member: z.string(), email: z.email(), summary: z.string().describe("one sentence") });
    const result = await generateText({
      model: offlineExtract(),
      instructions: "Read this mail.",
      prompt: MAIL,
      output: Output.object({ schema }),
    });
    expect(result.output.email).toBe("ida@example.org");
    expect(MAIL).toContain(result.output.summary);
    expect(result.finishReason).toBe("stop");
    expect(result.usage.inputTokens).toBeGreaterThan(50);
    expect(result.usage.outputTokens).toBeGreaterThan(10);
    expect(result.warnings).toEqual([]);
  });

  test("without a schema the answer is made of the text's own sentences", async () => {
    const { text } = await generateText({ model: offlineExtract(), instructions: "Say in one sentence what does not work.", prompt: MAIL });
    expect(MAIL).toContain(text);
    expect(text).toMatch(/locker|key/);
  });

  test("a tool is called when the text gives its arguments, and an unfit one is not", async () => {
    const { toolCalls, finishReason } = await generateText({
      model: offlineExtract(),
      instructions: "Help the member.",
      prompt: MAIL,
      tools: { findMember, bookRoom },
    });
    expect(toolCalls.map(({ toolName, input }) => ({ toolName, input }))).toEqual([
      { toolName: "findMember", input: { memberNumber: "M-2204" } },
    ]);
    expect(finishReason).toBe("tool-calls");
  });

  test("a tool for free text is called when the prompt speaks of it", async () => {
    const { toolCalls } = await generateText({
      model: offlineExtract(),
      instructions: "Search the notices for something like this.",
      prompt: MAIL,
      tools: { searchNotices },
    });
    expect(toolCalls).toHaveLength(1);
  });

  test("once a result is there it is read, and no tool is called again", async () => {
    const first = await generateText({ model: offlineExtract(), instructions: "Help the member.", prompt: MAIL, tools: { findMember } });
    const call = first.toolCalls[0];
    if (call === undefined) throw new Error("no call");
    const second = await generateText({
      model: offlineExtract(),
      instructions: "Help the member.",
      messages: [
        { role: "user", content: MAIL },
        ...first.response.messages,
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: call.toolCallId,
              toolName: call.toolName,
              output: { type: "json", value: { locker: "B-17", memberSince: 2019 } },
            },
          ],
        },
      ],
      tools: { findMember },
      output: Output.object({ schema: z.object({ locker: z.string(), memberSince: z.number().int() }) }),
    });
    expect(second.toolCalls).toEqual([]);
    expect(second.output).toEqual({ locker: "B-17", memberSince: 2019 });
  });

  test("toolChoice none, required and named are kept", async () => {
    const base = {
      model: offlineExtract(),
      instructions: "Help the member.",
      prompt: "Good morning.",
      tools: { findMember, bookRoom },
    } as const;
    expect((await generateText({ ...base, prompt: MAIL, toolChoice: "none" })).toolCalls).toEqual([]);
    expect((await generateText({ ...base, toolChoice: "required" })).toolCalls).toHaveLength(1);
    expect(
      (await generateText({ ...base, toolChoice: { type: "tool", toolName: "bookRoom" } })).toolCalls.map((call) => call.toolName),
    ).toEqual(["bookRoom"]);
  });

  test("an answer that was refused is not given again", async () => {
    const schema = z.object({ contact: z.string() });
    const prompt = "Contact: front desk\nContact: night porter";
    const ask = (complaint: string) =>
      generateText({
        model: offlineExtract(),
        messages: [
          { role: "user", content: prompt },
          { role: "assistant", content: '{"contact":"front desk"}' },
          { role: "user", content: complaint },
        ],
        output: Output.object({ schema }),
      });
    expect((await ask("Invalid output: contact: must not be the front desk")).output).toEqual({ contact: "night porter" });
    expect((await ask("Invalid output: contact: expected one of 'porter'|'nobody'")).output.contact).toMatch(/^(?:porter|nobody)$/);
    expect((await ask("Invalid output: contact: too long, at most 5 characters")).output.contact.length).toBeLessThanOrEqual(5);
  });

  test("an abort is heard before the work begins", async () => {
    const reason = new Error("stop");
    await expect(
      generateText({ model: offlineExtract(), prompt: MAIL, abortSignal: AbortSignal.abort(reason), maxRetries: 0 }),
    ).rejects.toBe(reason);
  });

  test("maxOutputTokens ends the text and says so", async () => {
    const { text, finishReason, usage } = await generateText({ model: offlineExtract(), prompt: MAIL, maxOutputTokens: 6 });
    expect(finishReason).toBe("length");
    expect(usage.outputTokens).toBeLessThanOrEqual(6);
    expect(text.length).toBeGreaterThan(0);
  });
});

describe("streamText", () => {
  test("the text streams in words and is the text that generateText gives", async () => {
    const base = { model: offlineExtract(), instructions: "Summarize the mail.", prompt: MAIL };
    const streamed = streamText(base);
    const pieces: string[] = [];
    for await (const piece of streamed.textStream) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.join("")).toBe((await generateText(base)).text);
    expect((await streamed.usage).outputTokens).toBeGreaterThan(5);
    expect(await streamed.finishReason).toBe("stop");
  });

  test("an object streams too", async () => {
    const streamed = streamText({
      model: offlineExtract(),
      prompt: MAIL,
      output: Output.object({ schema: z.object({ email: z.string() }) }),
    });
    expect(await streamed.output).toEqual({ email: "ida@example.org" });
  });

  test("tool calls stream", async () => {
    const streamed = streamText({ model: offlineExtract(), instructions: "Help.", prompt: MAIL, tools: { findMember } });
    expect((await streamed.toolCalls).map((call) => call.input)).toEqual([{ memberNumber: "M-2204" }]);
  });

  test("an abort in the middle ends the stream", async () => {
    const controller = new AbortController();
    const { stream } = await offlineExtract().doStream({
      prompt: [{ role: "user", content: [{ type: "text", text: MAIL }] }],
      abortSignal: controller.signal,
    });
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    controller.abort(new Error("enough"));
    await expect(
      (async () => {
        while (!(await reader.read()).done) if (controller.signal.reason === undefined) break;
      })(),
    ).rejects.toThrow("enough");
  });
});

test("a plain JSON schema, a file that is text and a part that is none", async () => {
  const { content, warnings } = await offlineExtract().doGenerate({
    prompt: [
      {
        role: "user",
        content: [
          { type: "file", mediaType: "text/plain", data: { type: "text", text: "Room: 12\nGuests: 3" } },
          { type: "file", mediaType: "image/png", data: { type: "data", data: "AAAA" } },
        ],
      },
    ],
    responseFormat: {
      type: "json",
      schema: { type: "object", properties: { guests: { type: "integer" }, room: { type: "string" } }, required: ["guests", "room"] },
    },
  });
  expect(content).toEqual([{ type: "text", text: '{"guests":3,"room":"12"}' }]);
  expect(warnings).toHaveLength(1);
});

test("jsonSchema of the AI SDK is understood as it is", async () => {
  const schema = jsonSchema<{ day: string }>({
    type: "object",
    properties: { day: { type: "string", format: "date" } },
    required: ["day"],
    additionalProperties: false,
  });
  const { output } = await generateText({ model: offlineExtract(), prompt: "We meet on 5 March 2026.", output: Output.object({ schema }) });
  expect(output).toEqual({ day: "2026-03-05" });
});

test("what the engine says is wrong with an empty answer is no text to answer from", async () => {
  const { content } = await offlineExtract().doGenerate({
    prompt: [
      { role: "user", content: [{ type: "file", mediaType: "image/png", data: { type: "data", data: "AAAA" } }] },
      {
        role: "user",
        content: [{ type: "text", text: "Your answer was not valid: it was empty. Answer again, in full, so that it is valid." }],
      },
    ],
  });
  expect(content).toEqual([{ type: "text", text: "" }]);
});
