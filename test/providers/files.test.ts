import { describe, expect, test } from "vitest";
import { FlujoFile } from "../../src/model/flujo-file.ts";
import type { TranscriptItem } from "../../src/model/transcript.ts";
import { startModelServer } from "../../src/testing/index.ts";
import { MODELS } from "./support/all-four.ts";
import { problemFrom, replyFrom, toolOf } from "./support/ask.ts";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

function fileOf(name: string | null, mediaType: string, bytes: Uint8Array): FlujoFile {
  return new FlujoFile({ sha256: "0".repeat(64), mediaType, name, bytes });
}

const IMAGE = fileOf("dot.png", "image/png", PNG);
const PDF = fileOf("bill.pdf", "application/pdf", Buffer.from("%PDF-1.4 bill"));
const AUDIO = fileOf("call.wav", "audio/wav", Buffer.from("RIFF0000WAVE"));
const TABLE = fileOf("rows.csv", "text/csv", Buffer.from("a;b\n1;ü"));
const base64 = (file: FlujoFile): string => Buffer.from(file.bytes).toString("base64");

async function sent(provider: keyof typeof MODELS, files: readonly FlujoFile[], text = "What is it?") {
  await using server = await startModelServer(["a dot"]);
  await replyFrom({ env: server.env }, { model: MODELS[provider], instructions: "", transcript: [{ role: "user", text, files }] });
  return server.requests[0]?.body;
}

describe("files of a person", () => {
  test("to OpenAI: an image and a PDF", async () => {
    expect((await sent("openai", [IMAGE, PDF]))?.["input"]).toEqual([
      {
        role: "user",
        content: [
          { type: "input_text", text: "What is it?" },
          { type: "input_image", image_url: `data:image/png;base64,${base64(IMAGE)}` },
          { type: "input_file", filename: "bill.pdf", file_data: `data:application/pdf;base64,${base64(PDF)}` },
        ],
      },
    ]);
  });

  test("to Anthropic: an image and a PDF", async () => {
    expect((await sent("anthropic", [IMAGE, PDF]))?.["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: base64(IMAGE) } },
          { type: "document", source: { type: "base64", media_type: "application/pdf", data: base64(PDF) }, title: "bill.pdf" },
        ],
      },
    ]);
  });

  test("to Google: an image, a PDF and a recording", async () => {
    expect((await sent("google", [IMAGE, PDF, AUDIO]))?.["contents"]).toEqual([
      {
        role: "user",
        parts: [
          { text: "What is it?" },
          ...[IMAGE, PDF, AUDIO].map((file) => ({ inlineData: { mimeType: file.mediaType, data: base64(file) } })),
        ],
      },
    ]);
  });

  test("in chat completions: an image and a recording", async () => {
    expect((await sent("openai-compatible", [IMAGE, AUDIO]))?.["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: `data:image/png;base64,${base64(IMAGE)}` } },
          { type: "input_audio", input_audio: { data: base64(AUDIO), format: "wav" } },
        ],
      },
    ]);
  });

  test.each(Object.keys(MODELS) as (keyof typeof MODELS)[])("to %s: a text file as text, under its name", async (provider) => {
    const body = JSON.stringify(await sent(provider, [TABLE]));
    expect(body).toContain(JSON.stringify("rows.csv (text/csv):\na;b\n1;ü").slice(1, -1));
  });

  test("a file alone needs no words", async () => {
    expect(JSON.stringify(await sent("openai", [IMAGE], ""))).not.toContain("input_text");
  });
});

describe("files that a tool gives", () => {
  const call = { type: "tool-call", toolCallId: "c1", toolName: "look", input: { x: 1 } };
  const transcript = (files: readonly FlujoFile[]): readonly TranscriptItem[] => [
    { role: "user", text: "Look." },
    { role: "assistant", messages: [{ role: "assistant", content: [call] }] },
    { role: "tools", answers: [{ callId: "c1", name: "look", output: { type: "value", value: { found: 1 }, files } }] },
  ];

  async function answered(provider: keyof typeof MODELS, files: readonly FlujoFile[]) {
    await using server = await startModelServer(["a dot"]);
    await replyFrom({ env: server.env }, { model: MODELS[provider], tools: [toolOf("look")], transcript: transcript(files) });
    return server.requests[0]?.body;
  }

  test("go with its answer where the provider takes that", async () => {
    expect((await answered("openai", [IMAGE]))?.["input"]).toContainEqual({
      type: "function_call_output",
      call_id: "c1",
      output: [
        { type: "input_text", text: '{"found":1}' },
        { type: "input_image", image_url: `data:image/png;base64,${base64(IMAGE)}` },
      ],
    });
    expect(JSON.stringify(await answered("anthropic", [IMAGE]))).toContain(
      JSON.stringify({ type: "image", source: { type: "base64", media_type: "image/png", data: base64(IMAGE) } }),
    );
    expect(JSON.stringify(await answered("google", [IMAGE]))).toContain(base64(IMAGE));
  });

  test("come in a message of their own in chat completions, and the answer says so", async () => {
    const messages = (await answered("openai-compatible", [IMAGE]))?.["messages"] as readonly unknown[];
    expect(messages.slice(-2)).toEqual([
      { role: "tool", tool_call_id: "c1", content: `{"found":1}\n\ndot.png (image/png, ${IMAGE.size} bytes) is in the next message.` },
      { role: "user", content: [{ type: "image_url", image_url: { url: `data:image/png;base64,${base64(IMAGE)}` } }] },
    ]);
  });

  test("text files are part of the words", async () => {
    expect(JSON.stringify(await answered("anthropic", [TABLE]))).toContain("rows.csv (text/csv):");
  });
});

describe("a tool call that a person refused", () => {
  test.each(Object.keys(MODELS) as (keyof typeof MODELS)[])("%s is told, with the reason", async (provider) => {
    await using server = await startModelServer(["I see."]);
    const call = { type: "tool-call", toolCallId: "c1", toolName: "look", input: { x: 1 } };
    const transcript: readonly TranscriptItem[] = [
      { role: "user", text: "Look." },
      { role: "assistant", messages: [{ role: "assistant", content: [call] }] },
      { role: "tools", answers: [{ callId: "c1", name: "look", output: { type: "denied", reason: "Not on a Sunday." } }] },
    ];
    await replyFrom({ env: server.env }, { model: MODELS[provider], tools: [toolOf("look")], transcript });
    expect(server.requests[0]?.bodyText).toContain("Not on a Sunday.");
  });
});

describe("a file that a model does not take", () => {
  test("is refused before anything is sent where the package knows it, with what was sent", async () => {
    await using server = await startModelServer([]);
    const files = [fileOf("call.ogg", "audio/ogg", new Uint8Array(1234))];
    const problem = await problemFrom({ env: server.env }, { transcript: [{ role: "user", text: "Listen.", files }] });
    expect(problem).toMatchObject({
      code: "file_refused",
      retryable: false,
      cost: { kind: "free" },
      details: { files: [{ mediaType: "audio/ogg", size: 1234 }] },
    });
    expect(problem.message).toMatch(/was not called: .*audio\/ogg.* Sent were: call\.ogg \(audio\/ogg, 1234 bytes\)\.$/);
    expect(server.requests).toHaveLength(0);
  });

  test("is refused by the provider, with the limit as the provider states it", async () => {
    const message = "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 7340032 bytes > 5242880 bytes";
    await using server = await startModelServer([{ status: 400, message }]);
    const transcript = [{ role: "user", text: "What is it?", files: [IMAGE] }] as const;
    const problem = await problemFrom({ env: server.env }, { model: MODELS.anthropic, transcript });
    expect(problem).toMatchObject({ code: "file_refused", retryable: false });
    expect(problem.message).toContain("image exceeds 5 MB maximum: 7340032 bytes > 5242880 bytes");
    expect(problem.message).toContain(`dot.png (image/png, ${IMAGE.size} bytes)`);
  });

  test("a request that is too large as a whole is the files' fault where there are any", async () => {
    const refusal = { status: 413, message: "Request exceeds the maximum size" } as const;
    await using server = await startModelServer([refusal, refusal]);
    const transcript = [{ role: "user", text: "What is it?", files: [IMAGE] }] as const;
    expect(await problemFrom({ env: server.env }, { model: MODELS.anthropic, transcript })).toMatchObject({ code: "file_refused" });
    expect(await problemFrom({ env: server.env }, { model: MODELS.anthropic })).toMatchObject({ code: "context_too_long" });
  });
});
