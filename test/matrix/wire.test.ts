import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import { describe, expect, test } from "vitest";
import { readAll } from "./support/read-all.ts";
import { PROVIDERS, type Provider, saidIn, SCENARIOS, type TurnOf, TURNS, usedIn } from "./wire/answers.ts";
import { PROTOCOLS, TEST_KEY } from "./wire/protocols.ts";
import { startWireServer } from "./wire/wire-server.ts";

// What the other tests here rest on: the answers in the data files are what the providers' own packages take for answers.

function rawModel(provider: Provider, baseURL: string): LanguageModelV4 {
  const { model } = PROTOCOLS[provider];
  const settings = { baseURL, apiKey: TEST_KEY };
  switch (provider) {
    case "openai":
      return createOpenAI(settings).responses(model);
    case "anthropic":
      return createAnthropic(settings).messages(model);
    case "google":
      return createGoogleGenerativeAI(settings).chat(model);
    case "openai-compatible":
      return createOpenAICompatible({ ...settings, name: provider, includeUsage: true }).chatModel(model);
  }
}

const TOOLS: NonNullable<LanguageModelV4CallOptions["tools"]> = [
  { type: "function", name: "lookUpOrder", inputSchema: { type: "object", properties: { order: { type: "string" } } } },
];

/** A question; in the second turn, with a tool's answer in the conversation. */
function question({ scenario, turn }: TurnOf): LanguageModelV4CallOptions {
  const input = { role: "user" as const, content: [{ type: "text" as const, text: "?" }] };
  const about = { toolCallId: "c1", toolName: "lookUpOrder" };
  const asked = { role: "assistant" as const, content: [{ type: "tool-call" as const, ...about, input: { order: "A-17" } }] };
  const told = {
    role: "tool" as const,
    content: [{ type: "tool-result" as const, ...about, output: { type: "json" as const, value: 1 } }],
  };
  return { prompt: turn === 1 ? [input] : [input, asked, told], ...(TURNS[scenario] === 2 ? { tools: TOOLS } : {}) };
}

/** What an answer comes to. */
interface Read {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly args: unknown }[];
  readonly finish: string;
  readonly usage: LanguageModelV4Usage;
  readonly errors: readonly unknown[];
}

async function readStream(stream: ReadableStream<LanguageModelV4StreamPart>): Promise<Read> {
  const parts = await readAll(stream);
  const deltas = (type: "text-delta" | "reasoning-delta"): string => parts.map((part) => (part.type === type ? part.delta : "")).join("");
  const finish = parts.find((part) => part.type === "finish");
  if (finish === undefined) throw new Error("The stream does not finish.");
  return {
    text: deltas("text-delta"),
    reasoning: deltas("reasoning-delta"),
    calls: parts.flatMap((part) => (part.type === "tool-call" ? [{ name: part.toolName, args: JSON.parse(part.input) }] : [])),
    finish: finish.finishReason.unified,
    usage: finish.usage,
    errors: parts.filter((part) => part.type === "error"),
  };
}

function expectSaid(read: Read, { provider, place }: { readonly provider: Provider; readonly place: TurnOf }): void {
  const said = saidIn(place);
  const used = usedIn(provider, place);
  expect(read.errors).toEqual([]);
  expect({ text: read.text, reasoning: read.reasoning, calls: read.calls }).toEqual(said);
  expect(read.finish).toBe(said.calls.length > 0 ? "tool-calls" : "stop");
  const { inputTokens, outputTokens } = read.usage;
  expect({
    inputTokens: inputTokens.total,
    cachedInputTokens: inputTokens.cacheRead ?? 0,
    cacheWriteTokens: inputTokens.cacheWrite ?? 0,
    outputTokens: outputTokens.total,
    reasoningTokens: outputTokens.reasoning ?? 0,
  }).toEqual(used);
}

const places = SCENARIOS.flatMap((scenario) => Array.from({ length: TURNS[scenario] }, (_, index) => ({ scenario, turn: index + 1 })));

describe.for(PROVIDERS)("the answers of %s, read by its own package", (provider) => {
  test.for(places)("$scenario, turn $turn: as a stream and in one piece they say the same, and what is written down", async (place) => {
    await using server = await startWireServer({ provider, scenario: place.scenario });
    const model = rawModel(provider, server.url);
    const { stream } = await model.doStream(question(place));
    expectSaid(await readStream(stream), { provider, place });

    const whole = await model.doGenerate(question(place));
    const read: Read = {
      text: whole.content.map((part) => (part.type === "text" ? part.text : "")).join(""),
      reasoning: whole.content.map((part) => (part.type === "reasoning" ? part.text : "")).join(""),
      calls: whole.content.flatMap((part) => (part.type === "tool-call" ? [{ name: part.toolName, args: JSON.parse(part.input) }] : [])),
      finish: whole.finishReason.unified,
      usage: whole.usage,
      errors: [],
    };
    expectSaid(read, { provider, place });
    expect(server.requests.map(({ turn, attempt, stream: isStream, state }) => ({ turn, attempt, isStream, state }))).toEqual([
      { turn: place.turn, attempt: 1, isStream: true, state: "answered" },
      { turn: place.turn, attempt: 2, isStream: false, state: "answered" },
    ]);
  });

  test("a refusal is status 429 with the provider's own words, and says when to come back", async () => {
    await using server = await startWireServer({ provider, scenario: "text", plan: () => ({ kind: "refuse", retryAfterS: 2 }) });
    const error: unknown = await Promise.resolve(rawModel(provider, server.url).doStream(question({ scenario: "text", turn: 1 }))).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ statusCode: 429, isRetryable: true, responseHeaders: { "retry-after": "2" } });
    expect((error as Error).message).toMatch(/rate|requests/i);
  });

  test("a client that hangs up is seen", async () => {
    await using server = await startWireServer({ provider, scenario: "stream", plan: () => ({ kind: "hang", after: "half" }) });
    const abort = new AbortController();
    const { stream } = await rawModel(provider, server.url).doStream({
      ...question({ scenario: "stream", turn: 1 }),
      abortSignal: abort.signal,
    });
    await server.until((requests) => requests[0]?.state === "hanging");
    abort.abort();
    await server.until((requests) => requests[0]?.state === "closed by the client");
    await expect(readAll(stream)).rejects.toThrow();
  });

  test.for(["cut", "end-early", "garble", "no-json", "error-event"] as const)("%s never looks like a whole answer", async (kind) => {
    await using server = await startWireServer({ provider, scenario: "tools", plan: () => ({ kind }) });
    const seen = await broken(rawModel(provider, server.url));
    expect(seen).not.toBe("whole");
  });
});

/** How a broken stream shows: thrown, as an error part, or as a finish that says so. */
async function broken(model: LanguageModelV4): Promise<string> {
  try {
    const { stream } = await model.doStream(question({ scenario: "tools", turn: 1 }));
    const { errors, finish } = await readStream(stream);
    if (errors.length > 0) return "error part";
    return finish === "tool-calls" || finish === "stop" ? "whole" : finish;
  } catch {
    return "thrown";
  }
}
