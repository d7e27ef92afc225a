import { generateText } from "ai";
import { expect, test } from "vitest";
import { scriptedModel } from "../testing/scripted-model.ts";
import { createModelPort } from "./model-port.ts";

/** Microseconds per call, the median of nine rounds of 200. */
async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 9; round++) {
    const start = process.hrtime.bigint();
    for (let count = 0; count < 200; count++) await call();
    rounds.push(Number(process.hrtime.bigint() - start) / 200_000);
  }
  return rounds.sort((a, b) => a - b)[4] ?? Number.NaN;
}

test("what the port adds to the SDK's own call is printed, not judged: machines differ", async () => {
  const schema = { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] } as const;
  const tool = {
    name: "add",
    description: "Adds.",
    inputSchema: schema,
    effect: "none",
    retry: null,
    timeoutMs: null,
    fingerprint: "f",
  } as const;
  const model = { ...scriptedModel(() => ({ json: { sum: 3 } })), calls: [] };
  const port = createModelPort({ env: {} });
  const request = {
    model,
    instructions: "Add.",
    transcript: [{ role: "user", text: "1 + 2" }],
    signal: new AbortController().signal,
  } as const;
  const askSdk = () => generateText({ model, instructions: "Add.", prompt: "1 + 2", maxRetries: 0 });
  await timeOf(askSdk); // whoever comes first pays for the compiler
  const raw = await timeOf(askSdk);
  const plain = await timeOf(() => port.call({ ...request, tools: [], outputSchema: null }));
  const full = await timeOf(() => port.call({ ...request, tools: [tool], outputSchema: schema }));
  const priced = await timeOf(() =>
    port.call({ ...request, model: { ...model, provider: "openai.chat", modelId: "gpt-5-mini" }, tools: [], outputSchema: null }),
  );
  const µs = (value: number) => `${value.toFixed(0)} µs`;
  console.log(
    `generateText ${µs(raw)}; the port adds ${µs(plain - raw)}, with schema and tool ${µs(full - raw)}, with a price ${µs(priced - raw)}`,
  );
  expect(raw).toBeGreaterThan(0);
});
