/**
 * What the engine itself costs per agent turn: one run of one agent without tools, on a model that answers at once, beside
 * the same call through the AI SDK. `node --conditions=flujo-src bench/agent-turn.ts`
 */
import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { generateText, streamText } from "ai";
import { agent, Flujo } from "flujo";

const ROUNDS = 7;
const CALLS = 500;
const usage = { inputTokens: { total: 10, noCache: 10, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 5, text: 5, reasoning: 0 } };
const finishReason = { unified: "stop", raw: "stop" } as const;
const PARTS: readonly LanguageModelV4StreamPart[] = [
  { type: "stream-start", warnings: [] },
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "hi" },
  { type: "text-end", id: "0" },
  { type: "finish", usage, finishReason },
];
const model: LanguageModelV4 = {
  specificationVersion: "v4",
  provider: "instant",
  modelId: "m",
  supportedUrls: {},
  doGenerate: async () => ({ content: [{ type: "text", text: "hi" }], finishReason, usage, warnings: [] }),
  doStream: async () => ({ stream: ReadableStream.from(PARTS) }),
};

globalThis.AI_SDK_LOG_WARNINGS = false;
const asked = { model, instructions: "Say hi.", prompt: "hello", maxRetries: 0 };
const greeter = agent({ name: "greeter", model, instructions: "Say hi." });
const flujo = new Flujo({ strict: false });

const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  "AI SDK generateText": () => generateText(asked),
  "AI SDK streamText": async () => {
    const answer = streamText(asked);
    for await (const piece of answer.textStream) if (piece === "") break;
    return answer.usage;
  },
  "flujo.run of an agent": () => flujo.run(greeter, "hello"),
};

const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, call] of Object.entries(WAYS)) {
    const beganAt = performance.now();
    for (let index = 0; index < CALLS; index++) await call();
    const micros = ((performance.now() - beganAt) / CALLS) * 1_000;
    best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, micros));
  }
}
await flujo.close();
for (const [name, micros] of best) process.stdout.write(`${name.padEnd(24)} ${micros.toFixed(0).padStart(6)} us\n`);
