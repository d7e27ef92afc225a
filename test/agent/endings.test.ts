import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { Endings } from "../../src/index.ts";
import { agent } from "../../src/index.ts";
import type { ScriptedTurn } from "../../src/testing/index.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";

const usage = { inputTokens: 1_000, outputTokens: 100 };
const Area = z.object({ area: z.enum(["billing", "bug"]) });

async function ask(script: readonly ScriptedTurn[], endings: Partial<Endings> = {}) {
  const model = scriptedModel(script, { provider: "openai.chat", modelId: "gpt-4o-mini" });
  const classify = agent({
    name: "classify",
    model,
    instructions: "Classify.",
    output: Area,
    endings,
    retry: { retries: 1, firstDelayMs: 0 },
  });
  const result = await new Lab().flujo().run(classify, "charged twice", RUN);
  return { result, calls: model.calls.length, prompts: model.calls.map(({ options }) => JSON.stringify(options.prompt)) };
}

const BAD: readonly (readonly [keyof Endings, string, ScriptedTurn])[] = [
  ["cut-off", "output_cut_off", { text: '{"area": "bil', finish: "length", usage }],
  ["filtered", "content_filtered", { text: "", finish: "content_filter", usage }],
  ["empty", "output_empty", { text: "", usage }],
  ["malformed", "output_malformed", { text: "It is about billing.", usage }],
  ["misfit", "output_invalid", { json: { area: "weather" }, usage }],
];
const GOOD: ScriptedTurn = { json: { area: "billing" }, usage };

describe.each(BAD)("an answer that ends %s", (ending, code, bad) => {
  test(`fails as ${code} where that is declared, is not tried again, and is billed`, async () => {
    const { result, calls } = await ask([bad, GOOD], { [ending]: "fail" });
    expect(result).toMatchObject({ status: "failed", failure: { code, details: { ending } }, usage: { ...usage, modelCalls: 1 } });
    expect(calls).toBe(1);
  });

  test("is told to the model where that is declared, and costs a turn", async () => {
    const { result, prompts } = await ask([bad, GOOD], { [ending]: "feedback" });
    expect(result).toMatchObject({
      status: "succeeded",
      output: { area: "billing" },
      usage: { inputTokens: 2_000, modelCalls: 2 },
      steps: [{ metadata: { turns: 2 } }],
    });
    expect(prompts[1]).toContain("Your answer was not valid");
  });

  test("is asked again, the same, where that is declared, and counts as an attempt", async () => {
    const { result, prompts } = await ask([bad, GOOD], { [ending]: "retry" });
    expect(result).toMatchObject({
      status: "succeeded",
      usage: { inputTokens: 2_000, modelCalls: 2 },
      steps: [{ attempts: 2, metadata: { turns: 1 } }],
    });
    expect(prompts[1]).toBe(prompts[0]);
  });

  test("and does so again after the last attempt: then it has failed, and all attempts are billed", async () => {
    const { result } = await ask([bad, bad, GOOD], { [ending]: "retry" });
    expect(result).toMatchObject({ status: "failed", failure: { code }, usage: { inputTokens: 2_000, modelCalls: 2 } });
  });
});

test("JSON in a fence, in a sentence, or with a comma too many is taken for what it means", async () => {
  const { result, calls } = await ask([{ text: 'Here it is:\n```json\n{"area": "bug",}\n```' }]);
  expect(result).toMatchObject({ status: "succeeded", output: { area: "bug" } });
  expect(calls).toBe(1);
});

test("a whole answer that reached the limit of tokens with its last one is an answer", async () => {
  const { result } = await ask([{ json: { area: "bug" }, finish: "length" }]);
  expect(result).toMatchObject({ status: "succeeded", output: { area: "bug" } });
});

test("tool calls decide by themselves, whatever the model gives as the reason it stopped", async () => {
  const { result, prompts } = await ask([{ calls: [{ tool: "lookUp", input: {} }], finish: "stop" }, GOOD]);
  expect(result).toMatchObject({ status: "succeeded" });
  expect(prompts[1]).toContain('There is no tool \\"lookUp\\"');
});

test("tokens that nobody reported are estimated, and the cost says so", async () => {
  const { result } = await ask([{ json: { area: "bug" }, usage: null }]);
  expect(result).toMatchObject({ status: "succeeded", cost: { kind: "estimated" } });
  expect(result.usage.inputTokens).toBeGreaterThan(0);
});
