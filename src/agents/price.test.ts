import { describe, expect, test } from "vitest";
import { NO_USAGE, type Usage } from "../model/usage.ts";
import { asEstimate, estimateCost, priceOf, tariffOf } from "./price.ts";

const USED: Usage = { ...NO_USAGE, inputTokens: 1000, cachedInputTokens: 600, outputTokens: 400, reasoningTokens: 300, modelCalls: 1 };

describe("what a call costs", () => {
  test.each([
    ["openai:gpt-5-mini", 915_000],
    ["anthropic:claude-sonnet-4-5", 7_380_000],
    ["google:gemini-2.5-flash", 1_138_000],
  ])("%s: %i nano-dollars, cached tokens cheaper, reasoning not counted twice", async (reference, nanoUsd) => {
    expect(await priceOf(USED, reference)).toEqual({ kind: "exact", nanoUsd });
  });

  test("a fraction of a nano-dollar is rounded at the door", async () => {
    const cost = await priceOf({ ...NO_USAGE, inputTokens: 1, cachedInputTokens: 1, modelCalls: 1 }, "openai:gpt-5-nano");
    expect(cost).toEqual({ kind: "exact", nanoUsd: 5 });
  });

  test.each(["offline:extract", { provider: "offline", modelId: "extract" }])("the offline model is free", async (reference) => {
    expect(await priceOf(USED, reference)).toEqual({ kind: "free" });
  });

  test.each([
    "openai:gpt-99",
    "google:gemma-3", // stands in the table without prices
    "openai:text-embedding-3-small", // has a price for tokens in only
    "openai-compatible:gpt-5-mini",
    "ollama:qwen3:8b",
    "my-openai-proxy:gpt-5-mini",
    "openaix:gpt-5-mini",
    "OpenAI:gpt-5-mini",
    "gpt-5-mini",
    "",
  ])("%j: unknown, not 0", async (reference) => {
    expect(await priceOf(USED, reference)).toEqual({ kind: "unknown" });
  });

  test.each(["openai.responses", "openai.chat", "openai"])("a model object of %s is priced as OpenAI", async (provider) => {
    expect(await priceOf(USED, { provider, modelId: "gpt-5-mini" })).toEqual({ kind: "exact", nanoUsd: 915_000 });
  });

  test.each([{ provider: "mock-provider", modelId: "gpt-5-mini" }, { provider: "my.openai", modelId: "gpt-5-mini" }, {}])(
    "a model object of another make is unknown: %j",
    async (model) => {
      expect(await priceOf(USED, model)).toEqual({ kind: "unknown" });
    },
  );

  test("every price list that is named is there", async () => {
    const models = {
      anthropic: "claude-sonnet-4-5",
      google: "gemini-2.5-flash",
      azure: "gpt-5",
      mistral: "mistral-large-latest",
      groq: "llama-3.3-70b-versatile",
      deepseek: "deepseek-chat",
      xai: "grok-3",
    };
    for (const [provider, model] of Object.entries(models))
      expect(await priceOf(USED, `${provider}:${model}`), provider).toMatchObject({ kind: "exact" });
  });

  test("at another model's price it is an estimate", async () => {
    expect(await estimateCost(USED, "openai:gpt-5-mini")).toEqual({ kind: "estimated", nanoUsd: 915_000 });
    expect(await estimateCost(USED, "openai:gpt-99")).toEqual({ kind: "unknown" });
    expect(asEstimate({ kind: "free" })).toEqual({ kind: "free" });
  });

  test("a reference is split at the first colon", () => {
    expect(tariffOf("openai:ft:gpt-4o:acme")).toEqual({ kind: "listed", provider: "openai", model: "ft:gpt-4o:acme" });
  });
});
