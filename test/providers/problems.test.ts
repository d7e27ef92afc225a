import { describe, expect, test } from "vitest";
import { startModelServer } from "../../src/testing/index.ts";
import type { ModelServerReply } from "../../src/testing/index.ts";
import { MODELS } from "./support/all-four.ts";
import { problemFrom } from "./support/ask.ts";
import { streamed, named, unnamed } from "./support/streams.ts";

type Provider = keyof typeof MODELS;

async function problemOf(provider: Provider, reply: ModelServerReply) {
  await using server = await startModelServer([reply]);
  return await problemFrom({ env: server.env }, { model: MODELS[provider] });
}

/** A refusal with a body of the provider's own, and headers. */
async function refusedWith(provider: Provider, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const answer = () =>
    Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } }));
  const providers = { [provider]: { apiKey: "sk-1", baseURL: "http://127.0.0.1:1/v1", fetch: answer } };
  return await problemFrom({ providers }, { model: MODELS[provider] });
}

describe("what a refusal is called, and whether it may be tried again", () => {
  test.each<readonly [Provider, number, string | undefined, string, string, boolean]>([
    ["openai", 401, "invalid_api_key", "Incorrect API key provided.", "api_key_refused", false],
    ["anthropic", 401, undefined, "invalid x-api-key", "api_key_refused", false],
    ["google", 400, undefined, "API key not valid. Please pass a valid API key.", "api_key_refused", false],
    ["anthropic", 403, undefined, "Your key may not use this.", "api_key_refused", false],
    ["openai", 429, "insufficient_quota", "You exceeded your current quota.", "quota_exceeded", false],
    ["anthropic", 400, undefined, "Your credit balance is too low to access the Anthropic API.", "quota_exceeded", false],
    ["openai-compatible", 402, undefined, "Payment required.", "quota_exceeded", false],
    ["openai", 429, "rate_limit_exceeded", "Rate limit reached for requests", "rate_limited", true],
    ["anthropic", 429, undefined, "This request would exceed your rate limit.", "rate_limited", true],
    ["google", 429, undefined, "Resource has been exhausted.", "rate_limited", true],
    ["openai", 404, "model_not_found", "The model does not exist or you do not have access to it.", "model_unknown", false],
    ["anthropic", 404, undefined, "model: claude-sonet-4-5", "model_unknown", false],
    ["google", 404, undefined, "models/gemini-9 is not found for API version v1beta", "model_unknown", false],
    ["openai-compatible", 404, undefined, 'model "qwen9" not found, try pulling it first', "model_unknown", false],
    ["openai", 400, "context_length_exceeded", "Your input exceeds the context window of this model.", "context_too_long", false],
    ["anthropic", 400, undefined, "prompt is too long: 208310 tokens > 200000 maximum", "context_too_long", false],
    [
      "google",
      400,
      undefined,
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "context_too_long",
      false,
    ],
    ["openai", 403, "unsupported_country_region_territory", "Country, region, or territory not supported", "region_unsupported", false],
    ["google", 400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "region_unsupported", false],
    ["openai", 500, undefined, "The server had an error", "model_call_failed", true],
    ["anthropic", 529, undefined, "Overloaded", "model_call_failed", true],
    ["google", 503, undefined, "The model is overloaded. Please try again later.", "model_call_failed", true],
    ["openai", 400, undefined, "Unknown parameter: 'foo'.", "model_call_failed", false],
    ["openai-compatible", 500, undefined, "context length of the user's text: 3", "model_call_failed", true],
  ])("%s %i %s: %s", async (provider, status, code, message, wanted, retryable) => {
    const problem = await problemOf(provider, { status, message, ...(code === undefined ? {} : { code }) });
    expect(problem).toMatchObject({ code: wanted, retryable, details: { statusCode: status } });
  });

  test("an error in the stream is called by the same names", async () => {
    const overloaded = named({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } });
    expect(await problemOf("anthropic", streamed(overloaded))).toMatchObject({ code: "model_call_failed", retryable: true });
    const quota = { type: "error", sequence_number: 1, code: "insufficient_quota", message: "You exceeded your quota.", param: null };
    expect(await problemOf("openai", streamed(named(quota)))).toMatchObject({ code: "quota_exceeded", retryable: false });
    const exhausted = unnamed({ error: { code: 429, message: "Slow down.", status: "RESOURCE_EXHAUSTED" } });
    expect(await problemOf("google", streamed(exhausted))).toMatchObject({ code: "rate_limited", retryable: true });
  });
});

describe("how long to wait", () => {
  const limited = { error: { message: "Slow down.", type: "requests", code: "rate_limit_exceeded", param: null } };
  const remaining = (requests: string, tokens: string) => ({
    "x-ratelimit-remaining-requests": requests,
    "x-ratelimit-remaining-tokens": tokens,
    "x-ratelimit-reset-requests": "1m2.5s",
    "x-ratelimit-reset-tokens": "20ms",
  });

  test.each<readonly [Readonly<Record<string, string>>, number | undefined]>([
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1500],
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after": "Sun, 01 Jan 2040 00:00:10 GMT", date: "Sun, 01 Jan 2040 00:00:00 GMT" }, 10_000],
    [{ "retry-after": "soon" }, undefined],
    [remaining("0", "100"), 62_500],
    [remaining("5", "0"), 20],
    [remaining("5", "5"), undefined],
    [{}, undefined],
  ])("%j: %s ms", async (headers, wanted) => {
    const { details } = await refusedWith("openai", 429, limited, headers);
    expect((details as { readonly retryAfterMs?: number }).retryAfterMs).toBe(wanted);
  });

  test("Google says it in the body, and that a day's quota is spent", async () => {
    const refusal = (quotaId: string) => ({
      error: {
        code: 429,
        status: "RESOURCE_EXHAUSTED",
        message: "You exceeded your current quota, please check your plan and billing details.",
        details: [
          { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [{ quotaId }] },
          { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "36s" },
        ],
      },
    });
    expect(await refusedWith("google", 429, refusal("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"))).toMatchObject({
      code: "rate_limited",
      retryable: true,
      details: { retryAfterMs: 36_000 },
    });
    expect(await refusedWith("google", 429, refusal("GenerateRequestsPerDayPerProjectPerModel-FreeTier"))).toMatchObject({
      code: "quota_exceeded",
      retryable: false,
    });
  });
});

describe("what is told beside the provider's words", () => {
  test("models that are called much alike, from the price table", async () => {
    const notFound = {
      error: { message: "The model does not exist", type: "invalid_request_error", code: "model_not_found", param: null },
    };
    const answer = () => Promise.resolve(new Response(JSON.stringify(notFound), { status: 404 }));
    const providers = { openai: { apiKey: "sk-1", fetch: answer } };
    const problem = await problemFrom({ providers }, { model: "openai:gpt-5-mni" });
    expect(problem.message).toContain('Did you mean "gpt-5-mini"');
    expect(problem.remedy).toBe("Check the model's name, and that api.openai.com is the right server.");
    const claude = { anthropic: { apiKey: "sk-1", fetch: answer } };
    expect((await problemFrom({ providers: claude }, { model: "anthropic:claude-sonet-4-5" })).message).toContain('"claude-sonnet-4-5"');
  });

  test("how much was sent, by our estimate and by the provider's count, and how much fits", async () => {
    const message = "This model's maximum context length is 128,000 tokens. However, your messages resulted in 150210 tokens.";
    const problem = await problemOf("openai-compatible", { status: 400, code: "context_length_exceeded", message });
    expect(problem.details).toMatchObject({ limitTokens: 128_000, inputTokens: 150_210, estimatedInputTokens: expect.any(Number) });
    expect(problem.message).toMatch(
      / What was sent has about \d+ tokens by our estimate, 150210 by the provider's count, at most 128000 fit\.$/,
    );
    const anthropic = await problemOf("anthropic", { status: 400, message: "prompt is too long: 208310 tokens > 200000 maximum" });
    expect(anthropic.details).toMatchObject({ limitTokens: 200_000, inputTokens: 208_310 });
    const google = await problemOf("google", {
      status: 400,
      message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    });
    expect(google.details).toMatchObject({ limitTokens: 1_048_576, inputTokens: 1_200_000 });
  });

  test("the provider's id of the request, for its support", async () => {
    const problem = await refusedWith("openai", 500, { error: { message: "Oops" } }, { "x-request-id": "req_0123abcd" });
    expect(problem.details).toMatchObject({ requestId: "req_0123abcd" });
  });
});
