/**
 * What one streamed token costs: from a step's `report` to its listener, and from a model's stream through the agent to
 * whoever listens, in each of the ways in which one can listen. `node --conditions=flujo-src bench/token.ts`
 */
import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { agent, Flujo, step } from "flujo";
import { eventStreamResponse, uiMessageStreamResponse } from "flujo/web";

const TOKENS = 20_000;
const ROUNDS = 7;
const usage = { inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 } };
const PARTS: readonly LanguageModelV4StreamPart[] = [
  { type: "text-start", id: "0" },
  ...Array.from({ length: TOKENS }, (_, n): LanguageModelV4StreamPart => ({ type: "text-delta", id: "0", delta: ` token${n}` })),
  { type: "text-end", id: "0" },
  { type: "finish", usage, finishReason: { unified: "stop", raw: "stop" } },
];
const model: LanguageModelV4 = {
  specificationVersion: "v4",
  provider: "instant",
  modelId: "m",
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error("It was to be streamed.")),
  doStream: async () => ({ stream: ReadableStream.from(PARTS) }),
};
const speaker = agent({ name: "speaker", model, instructions: "Say it." });
const reporter = step("reporter", (count: number, { report }) => {
  for (let n = 0; n < count; n++) report(n);
});

const flujo = new Flujo({ strict: false });
let heard = 0;
const hear = (): void => void heard++;

async function drain(stream: ReadableStream | null): Promise<void> {
  if (stream !== null) for await (const chunk of stream) if (chunk === null) break;
}

async function count(events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) if (event !== null) heard++;
}

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  "report, nobody listens": () => flujo.run(reporter, TOKENS),
  "report to onProgress": () => flujo.run(reporter, TOKENS, { onProgress: hear }),
  "the model's stream alone": async () => drain((await model.doStream({ prompt: [] })).stream),
  "agent, nobody listens": () => flujo.run(speaker, "x"),
  "agent to onProgress": () => flujo.run(speaker, "x", { onProgress: hear }),
  "agent to flujo.stream": () => count(flujo.stream(speaker, "x")),
  "agent to textStream": () => count(flujo.stream(speaker, "x").textStream),
  "agent to eventStreamResponse": () => drain(eventStreamResponse(flujo.stream(speaker, "x")).body),
  "agent to uiMessageStreamResponse": () => drain(uiMessageStreamResponse(flujo.stream(speaker, "x")).body),
};

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, way] of Object.entries(WAYS)) {
    const beganAt = performance.now();
    await way();
    const micros = ((performance.now() - beganAt) / TOKENS) * 1_000;
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, micros));
  }
}
await flujo.close();
for (const [name, micros] of best) process.stdout.write(`${name.padEnd(34)} ${micros.toFixed(2).padStart(7)} us a token\n`);
process.stdout.write(`${heard} events were heard\n`);
