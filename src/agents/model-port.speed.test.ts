import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import { expect, test } from "vitest";
import { requestOf } from "../../test/providers/support/ask.ts";
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

test("what the port adds to the model's own call is printed, not judged: machines differ", async () => {
  const schema = { type: "object", properties: { sum: { type: "number" } }, required: ["sum"] } as const;
  const tool = { name: "add", description: "Adds.", inputSchema: schema };
  const model = { ...scriptedModel(() => ({ json: { sum: 3 } })), calls: [] };
  const port = createModelPort({ env: {} });
  const request = requestOf({ model, instructions: "Add.", transcript: [{ role: "user", text: "1 + 2" }] });
  const prompt: LanguageModelV4Prompt = [
    { role: "system", content: "Add." },
    { role: "user", content: [{ type: "text", text: "1 + 2" }] },
  ];
  const askRaw = async () => {
    for await (const part of (await model.doStream({ prompt })).stream) if (part.type === "error") throw part.error;
  };
  await timeOf(askRaw); // whoever comes first pays for the compiler
  const raw = await timeOf(askRaw);
  const plain = await timeOf(() => port.call(request));
  const full = await timeOf(() => port.call({ ...request, tools: [tool], outputSchema: schema }));
  const priced = await timeOf(() => port.call({ ...request, model: { ...model, provider: "openai.chat", modelId: "gpt-5-mini" } }));
  const µs = (value: number) => `${value.toFixed(0)} µs`;
  console.log(
    `doStream ${µs(raw)}; the port adds ${µs(plain - raw)}, with schema and tool ${µs(full - raw)}, with a price ${µs(priced - raw)}`,
  );
  expect(raw).toBeGreaterThan(0);
});

test("what a token costs on its way to a listener is printed too", async () => {
  const pieces = Array.from({ length: 10_000 }, () => "tok ");
  const model = { ...scriptedModel(() => ({ pieces })), calls: [] };
  const port = createModelPort({ env: {} });
  let told = 0;
  const listen = () => port.call(requestOf({ model, onProgress: ({ delta }) => void (told += delta.length) }));
  const askRaw = async () => {
    for await (const part of (await model.doStream({ prompt: [] })).stream) if (part.type === "error") throw part.error;
  };
  await Promise.all([listen(), askRaw()]);
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const start = process.hrtime.bigint();
    for (let round = 0; round < 10; round++) await work();
    return Number(process.hrtime.bigint() - start) / 1000 / 10 / pieces.length;
  };
  const raw = await time(askRaw);
  const heard = await time(listen);
  console.log(`a token: ${raw.toFixed(2)} µs read raw, ${heard.toFixed(2)} µs through the port to a listener`);
  expect(told).toBe(11 * 4 * pieces.length);
});
