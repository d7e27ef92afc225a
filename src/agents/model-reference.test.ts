import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { requestOf } from "../../test/providers/support/ask.ts";
import type { ErrorCode } from "../base/errors.ts";
import type { ModelPort } from "../runtime/model-port.ts";
import { startModelServer } from "../testing/model-server/model-server.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import { loadPackage } from "./load-package.ts";
import { createModelPort, type ModelPortOptions } from "./model-port.ts";

const realFetch = globalThis.fetch;
const network = vi.spyOn(globalThis, "fetch").mockImplementation(realFetch);
beforeEach(() => {
  network.mockReset();
  network.mockImplementation(realFetch);
});
afterEach(() => vi.unstubAllEnvs());

function callWith(port: ModelPort, model: string | object) {
  return port.call(requestOf({ model, instructions: "", transcript: [{ role: "user", text: "hello" }] }));
}

async function refusal(
  model: string | object,
  options: ModelPortOptions = { env: {} },
): Promise<{ readonly code: ErrorCode; readonly message: string }> {
  const error: unknown = await callWith(createModelPort(options), model).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "FlujoError" });
  expect(network).not.toHaveBeenCalled();
  return error as { readonly code: ErrorCode; readonly message: string };
}

async function answerOf(port: ModelPort, model: string | object): Promise<string> {
  const result = await callWith(port, model);
  if (!result.ok) throw new Error(result.problem.message);
  return result.reply.text;
}

/** As if the provider itself were here. */
function towards({ url }: { readonly url: string }): typeof fetch {
  return (input, init) => realFetch((input as string).replace(/^https:\/\/[^/]+\/v1/, url), init);
}

describe("where a reference leads", () => {
  test.each([
    "openai:gpt-5-mini",
    "anthropic:claude-sonnet-4-5",
    "google:gemini-2.5-flash",
    "openai-compatible:org/model:v1",
    "ollama:qwen3:8b",
    "lmstudio:m",
  ])("%s goes to its server, split at the first colon", async (reference) => {
    await using server = await startModelServer(["here"]);
    expect(await answerOf(createModelPort({ env: server.env }), reference)).toBe("here");
    expect(server.requests[0]?.model).toBe(reference.slice(reference.indexOf(":") + 1));
  });

  test("a key goes only to the server it was given for", async () => {
    await using server = await startModelServer(() => "here");
    const env = { OPENAI_COMPATIBLE_BASE_URL: server.url, OPENAI_API_KEY: "sk-openai" };
    await answerOf(createModelPort({ env }), "openai-compatible:m");
    await answerOf(createModelPort({ env: { ...server.env } }), "ollama:m");
    expect(server.requests.map((request) => request.headers.authorization)).toEqual([undefined, undefined]);
  });

  test("openai-compatible uses OPENAI_BASE_URL with its key where it has no URL of its own", async () => {
    await using server = await startModelServer(["here"]);
    await answerOf(createModelPort({ env: { OPENAI_BASE_URL: `${server.url}/`, OPENAI_API_KEY: "sk-1\n" } }), "openai-compatible:m");
    expect(server.requests[0]?.headers.authorization).toBe("Bearer sk-1");
  });

  test("the environment is the process's own by default", async () => {
    await using server = await startModelServer(["here"]);
    vi.stubEnv("OLLAMA_BASE_URL", server.url);
    expect(await answerOf(createModelPort(), "ollama:m")).toBe("here");
  });

  test("a server of one's own has no known price, whatever the model is called", async () => {
    await using server = await startModelServer(() => "here");
    for (const reference of ["openai:gpt-5-mini", "openai-compatible:gpt-5-mini", "ollama:gpt-5-mini"]) {
      expect(await callWith(createModelPort({ env: server.env }), reference)).toMatchObject({ reply: { cost: { kind: "unknown" } } });
    }
  });

  test("OpenAI itself is priced, exactly where it counted and as an estimate where it did not", async () => {
    await using server = await startModelServer(["here", { text: "here", usage: null }]);
    const port = createModelPort({ env: { OPENAI_API_KEY: "sk-1" }, providers: { openai: { fetch: towards(server) } } });
    expect(await callWith(port, "openai:gpt-5-mini")).toMatchObject({ reply: { cost: { kind: "exact", nanoUsd: 65_000 } } });
    expect(await callWith(port, "openai:gpt-5-mini")).toMatchObject({ reply: { cost: { kind: "estimated" } } });
  });
});

describe("models under names of one's own", () => {
  test("they win over providers, and may have no colon", async () => {
    const models = { "openai:gpt-5-mini": scriptedModel(["mine"]), mine: scriptedModel(["bare"]), "acme:x": scriptedModel(["acme"]) };
    const port = createModelPort({ env: {}, models });
    expect([await answerOf(port, "openai:gpt-5-mini"), await answerOf(port, "mine"), await answerOf(port, "acme:x")]).toEqual([
      "mine",
      "bare",
      "acme",
    ]);
  });

  test("a function makes the model once, also for calls at the same time", async () => {
    const make = vi.fn(async () => scriptedModel(() => "made"));
    const port = createModelPort({ env: {}, models: { mine: make } });
    expect(await Promise.all([answerOf(port, "mine"), answerOf(port, "mine")])).toEqual(["made", "made"]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  test("a function that failed is asked again", async () => {
    const make = vi
      .fn(() => scriptedModel(["made"]))
      .mockImplementationOnce(() => {
        throw new Error("no vault");
      });
    const port = createModelPort({ env: {}, models: { mine: make } });
    await expect(callWith(port, "mine")).rejects.toThrow('The function registered as model "mine" failed: no vault');
    expect(await answerOf(port, "mine")).toBe("made");
  });

  test.each([{}, { doGenerate: 1 }, "openai:gpt-5-mini" as unknown as object])("what is no model is refused: %j", async (value) => {
    expect((await refusal("mine", { env: {}, models: { mine: value } })).code).toBe("model_unknown");
  });

  test("names of Object.prototype are not models", async () => {
    expect((await refusal("constructor")).code).toBe("model_unknown");
    expect((await refusal("toString:x")).code).toBe("model_unknown");
  });
});

describe("a reference that leads nowhere is refused before anything is sent", () => {
  test.each(["gpt-5-mini", "openai/gpt-5-mini", "", ":", ":x", "openai:", "claude-sonnet-4-5"])(
    "no provider: %j, though a gateway would take it",
    async (reference) => {
      vi.stubEnv("AI_GATEWAY_API_KEY", "vck_1");
      expect((await refusal(reference, {})).code).toBe("model_unknown");
    },
  );

  test("a bare name is told what it may have meant", async () => {
    expect((await refusal("gpt-5-mini")).message).toContain('"gpt-5-mini" names no provider. Did you mean "openai:gpt-5-mini"?');
    expect((await refusal("extract")).message).toContain('Did you mean "offline:extract"?');
    expect((await refusal("mina", { env: {}, models: { mine: scriptedModel([]) } })).message).toContain('Did you mean "mine"?');
    expect((await refusal("ollama")).message).toContain("Write it as provider:model, for example `ollama:qwen3:8b`.");
  });

  test("an unknown provider is told which there are", async () => {
    const { code, message } = await refusal("opnai:gpt-5-mini", { env: {}, models: { "acme:x": scriptedModel([]) } });
    expect(code).toBe("model_unknown");
    expect(message).toContain('There is no provider "opnai" for the model "opnai:gpt-5-mini". Did you mean "openai"?');
    expect(message).toContain("Those there are: offline:, openai:, anthropic:, google:, openai-compatible:, ollama:, lmstudio:, acme:x.");
  });

  test("an unknown offline model", async () => {
    expect((await refusal("offline:write")).message).toBe('There is no offline model "write". Use `offline:extract`. [model_unknown]');
  });

  test.each([undefined, "", " \n"])("a missing key names its variable (%j)", async (key) => {
    const { code, message } = await refusal("openai:gpt-5-mini", { env: { OPENAI_API_KEY: key } });
    expect(code).toBe("api_key_missing");
    expect(message).toContain("openai:gpt-5-mini needs an API key, and OPENAI_API_KEY is not set. Set OPENAI_API_KEY");
  });

  test("a missing address names its variable", async () => {
    expect((await refusal("openai-compatible:m")).message).toContain("OPENAI_COMPATIBLE_BASE_URL is not set");
  });

  test.each(["localhost:8000", "not a url", "file:///etc"])("an address that is none: %j", async (url) => {
    expect(await refusal("ollama:m", { env: { OLLAMA_BASE_URL: url } })).toMatchObject({ code: "usage_invalid" });
  });

  test("an address with a password is refused, and not repeated", async () => {
    const { code, message } = await refusal("ollama:m", { env: { OLLAMA_BASE_URL: "http://me:hunter2@host/v1" } });
    expect(code).toBe("usage_invalid");
    expect(message).not.toContain("hunter2");
  });

  test.each(["sk-one\ntwo", "sk-\u2603", "two words"])("a key that no header can carry is refused, and not repeated: %j", async (key) => {
    const { code, message } = await refusal("openai:gpt-5-mini", { env: { OPENAI_API_KEY: key } });
    expect(code).toBe("usage_invalid");
    expect(message).toContain("OPENAI_API_KEY holds something that cannot be an API key.");
    expect(message).not.toContain(key.slice(-3));
  });

  test("a number or an empty object is no model", async () => {
    expect((await refusal({ modelId: "x", provider: "acme" })).message).toContain("acme:x is not a language model of the AI SDK.");
  });
});

describe("a package that is not installed", () => {
  const wanted = { name: "@ai-sdk/openai-compatible", range: "3" };
  const missing = (name: string) =>
    Object.assign(new Error(`Cannot find package '${name}' imported from /x.js`), { code: "ERR_MODULE_NOT_FOUND" });

  test("is named with the command that installs it", async () => {
    const loading = loadPackage(wanted, () => Promise.reject(missing(wanted.name)));
    await expect(loading).rejects.toMatchObject({ code: "package_missing", remedy: "Run `npm install @ai-sdk/openai-compatible@3`." });
  });

  test.each([missing("another"), new Error("boom"), "text"])("another failure stays what it is (%s)", async (error) => {
    await expect(loadPackage(wanted, () => Promise.reject(error))).rejects.toBe(error);
  });
});
