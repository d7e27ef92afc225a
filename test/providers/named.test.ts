import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { describe, expect, test, vi } from "vitest";
import { createModelPort } from "../../src/agents/model-port.ts";
import type { ProviderOptions } from "../../src/index.ts";
import { Flujo, agent } from "../../src/index.ts";
import { scriptedModel, startModelServer } from "../../src/testing/index.ts";
import { problemFrom, replyFrom, requestOf } from "./support/ask.ts";

describe("a server under a name of one's own", () => {
  test("gets its calls, with its key and headers, and no key from the environment", async () => {
    await using server = await startModelServer(() => "here");
    const env = { OPENAI_API_KEY: "sk-not-for-you", ANTHROPIC_API_KEY: "sk-nor-this" };
    const providers = {
      vllm: { baseURL: server.url, headers: { "x-team": "desk" } },
      mine: { baseURL: server.url, apiKey: "sk-mine" },
    };
    expect((await replyFrom({ env, providers }, { model: "vllm:org/qwen3:8b" })).text).toBe("here");
    await replyFrom({ env, providers }, { model: "mine:m" });
    expect(server.requests.map(({ model, protocol, headers }) => [model, protocol, headers.authorization, headers["x-team"]])).toEqual([
      ["org/qwen3:8b", "openai-compatible", undefined, "desk"],
      ["m", "openai-compatible", "Bearer sk-mine", undefined],
    ]);
  });

  test.each(["openai", "anthropic", "google", "openai-compatible"] as const)("can speak %s", async (speaks) => {
    await using server = await startModelServer(["here"]);
    const baseURL = speaks === "google" ? `${server.url}beta` : server.url;
    expect((await replyFrom({ providers: { gate: { baseURL, speaks, apiKey: "sk-1" } } }, { model: "gate:m" })).text).toBe("here");
    expect(server.requests[0]).toMatchObject({ protocol: speaks, model: "m" });
    expect(JSON.stringify(server.requests[0]?.headers)).toContain("sk-1");
  });

  test("needs no key, whatever it speaks, and is sent none of the environment's", async () => {
    vi.stubEnv("ANTHROPIC_API_KEY", "sk-of-the-process");
    await using server = await startModelServer(["here"]);
    await replyFrom({ providers: { gate: { baseURL: server.url, speaks: "anthropic" } } }, { model: "gate:m" });
    expect(JSON.stringify(server.requests[0]?.headers)).not.toContain("sk-of-the-process");
    vi.unstubAllEnvs();
  });

  test("has no price, unless it is said whose prices it has", async () => {
    await using server = await startModelServer(() => "here");
    const cost = async (prices?: string) => {
      const gate = { baseURL: server.url, ...(prices === undefined ? {} : { prices }) };
      return (await replyFrom({ providers: { gate } }, { model: "gate:gpt-5-mini" })).cost;
    };
    expect(await cost()).toEqual({ kind: "unknown" });
    expect(await cost("openai")).toEqual({ kind: "exact", nanoUsd: 65_000 });
  });

  test("without an address says what to give", async () => {
    await expect(replyFrom({ providers: { vllm: {} } }, { model: "vllm:m" })).rejects.toMatchObject({
      code: "usage_invalid",
      message: expect.stringContaining('The provider "vllm" has no address. Give it a `baseURL`'),
    });
  });

  test("its key and headers are in no message", async () => {
    const refusal = { status: 401, message: "No such key: sk-mine-1234 (x-token: s3cret-token)" };
    await using server = await startModelServer([refusal]);
    const mine = { baseURL: server.url, apiKey: "sk-mine-1234", headers: { "x-token": "s3cret-token" } };
    const problem = await problemFrom({ providers: { mine } }, { model: "mine:m" });
    expect(problem).toMatchObject({
      code: "api_key_refused",
      message: "mine:m: the provider answered 401: No such key: [key] (x-token: [key]).",
      remedy: 'Check `apiKey` of the provider "mine", and that its key may use this model.',
    });
  });
});

describe("other settings for a provider that is built in", () => {
  test("a key of one's own, at the provider's own address", async () => {
    await using server = await startModelServer(["here"]);
    const seen: string[] = [];
    const through: typeof fetch = (url, init) => {
      seen.push(url as string);
      return fetch(`${server.url}/responses`, init);
    };
    const port = createModelPort({ env: { OPENAI_API_KEY: "sk-env" }, providers: { openai: { apiKey: "sk-tenant", fetch: through } } });
    await port.call(requestOf({ model: "openai:gpt-5-mini" }));
    expect(seen).toEqual(["https://api.openai.com/v1/responses"]);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-tenant");
  });

  test("chat completions for `openai:`, for servers that know nothing newer", async () => {
    await using server = await startModelServer(["here"]);
    await replyFrom({ env: server.env, providers: { openai: { speaks: "openai-compatible" } } }, { model: "openai:gpt-5-mini" });
    expect(server.requests[0]?.protocol).toBe("openai-compatible");
  });

  test("an address of one's own is not given the key of the environment", async () => {
    await using server = await startModelServer([{ status: 401, message: "Who are you?" }]);
    const problem = await problemFrom(
      { env: { OPENAI_API_KEY: "sk-env-123456" }, providers: { openai: { baseURL: server.url } } },
      { model: "openai:gpt-5-mini" },
    );
    expect(JSON.stringify(server.requests[0]?.headers)).not.toContain("sk-env-123456");
    expect(problem.remedy).toContain('`apiKey` of the provider "openai"');
  });
});

describe("a provider object of the AI SDK", () => {
  test("as it is, or from a function that is called once, at the first use", async () => {
    await using server = await startModelServer(() => "here");
    const make = vi.fn(async () => createOpenAICompatible({ name: "mistral", baseURL: server.url }));
    const providers: Record<string, ProviderOptions> = { mistral: make, ready: createOpenAICompatible({ name: "r", baseURL: server.url }) };
    const port = createModelPort({ env: {}, providers });
    expect(make).not.toHaveBeenCalled();
    const answers = await Promise.all(["mistral:large", "mistral:small", "ready:m"].map((model) => port.call(requestOf({ model }))));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(make).toHaveBeenCalledTimes(1);
    expect(server.requests.map(({ model }) => model).sort()).toEqual(["large", "m", "small"]);
  });

  test("one that knows no such model, and what is none, are refused by name", async () => {
    const strict = {
      languageModel: (modelId: string): object => {
        if (modelId !== "known") throw new Error(`No such model: ${modelId}`);
        return scriptedModel(["here"]);
      },
    };
    const providers = { strict, wrong: (() => 7) as unknown as ProviderOptions };
    expect((await replyFrom({ providers }, { model: "strict:known" })).text).toBe("here");
    await expect(replyFrom({ providers }, { model: "strict:other" })).rejects.toMatchObject({ code: "model_unknown" });
    await expect(replyFrom({ providers }, { model: "wrong:m" })).rejects.toMatchObject({
      code: "model_unknown",
      message: expect.stringContaining('registered as the provider "wrong" is no provider'),
    });
  });
});

test("Flujo passes them on", async () => {
  await using server = await startModelServer(["Hello."]);
  await using flujo = new Flujo({ env: {}, providers: { vllm: { baseURL: server.url } } });
  const result = await flujo.run(agent({ name: "greet", model: "vllm:qwen3", instructions: "Greet." }), "Ada");
  expect(result).toMatchObject({ status: "succeeded", output: "Hello." });
});

test("where ANTHROPIC_BASE_URL is given as Anthropic's own clients want it, the version is added", async () => {
  await using server = await startModelServer(() => "here");
  const bare = server.url.replace("/v1", "");
  const env = { ANTHROPIC_BASE_URL: bare, ANTHROPIC_API_KEY: "k-1", GOOGLE_GENERATIVE_AI_BASE_URL: `${bare}/`, GEMINI_API_KEY: "k-2" };
  await replyFrom({ env }, { model: "anthropic:claude-sonnet-4-5" });
  await replyFrom({ env }, { model: "google:gemini-2.5-flash" });
  expect(server.requests.map(({ protocol }) => protocol)).toEqual(["anthropic", "google"]);
});

test("Google's key is found under each of its names", async () => {
  await using server = await startModelServer(() => "here");
  const url = { GOOGLE_GENERATIVE_AI_BASE_URL: `${server.url}beta` };
  for (const name of ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"])
    await replyFrom({ env: { ...url, [name]: "AIza-1" } }, { model: "google:gemini-2.5-flash" });
  expect(server.requests.map(({ headers }) => headers["x-goog-api-key"])).toEqual(["AIza-1", "AIza-1", "AIza-1"]);
  await expect(replyFrom({ env: url }, { model: "google:gemini-2.5-flash" })).rejects.toMatchObject({
    code: "api_key_missing",
    message: expect.stringContaining("GOOGLE_GENERATIVE_AI_API_KEY is not set (nor GEMINI_API_KEY, GOOGLE_API_KEY)."),
  });
});
