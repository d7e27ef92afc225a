import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { systemClock } from "../base/system.ts";
import type { ProviderFacts } from "../model/examination.ts";
import { ManualClock } from "../testing/index.ts";
import { examineProviders, type ProviderExamination } from "./examine-providers.ts";

/** A server on this machine that answers as told, and keeps what it was asked. */
async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const asked: { readonly url: string; readonly headers: IncomingMessage["headers"] }[] = [];
  const server: Server = createServer((request, response) => {
    asked.push({ url: request.url ?? "", headers: request.headers });
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function list(body: unknown, status = 200) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
}

/** Nothing of this machine is asked unless a test says so: no HTTP client goes to port 1. */
const NOWHERE = { OLLAMA_BASE_URL: "http://127.0.0.1:1/v1", LMSTUDIO_BASE_URL: "http://127.0.0.1:1/v1" };

async function examine(env: Record<string, string>, more: Partial<ProviderExamination> = {}): Promise<ReadonlyMap<string, ProviderFacts>> {
  const wanted = { env: { ...NOWHERE, ...env }, providers: {}, ping: false, clock: systemClock, signal: null, ...more };
  return new Map((await examineProviders(wanted)).map((facts) => [facts.name, facts]));
}

const KEY = "sk-this-must-never-be-seen-1234567890";

test("of a key nothing is told but where it is set; without one, where it could be", async () => {
  const facts = await examine({ OPENAI_API_KEY: KEY, GEMINI_API_KEY: KEY, ANTHROPIC_API_KEY: " " });
  expect(facts.get("openai")).toMatchObject({
    key: { isNeeded: true, setIn: "OPENAI_API_KEY" },
    baseURL: "https://api.openai.com/v1",
    package: { name: "@ai-sdk/openai", fits: true },
    problem: null,
    reach: null,
  });
  expect(facts.get("google")?.key.setIn).toBe("GEMINI_API_KEY");
  expect(facts.get("anthropic")).toMatchObject({
    key: { setIn: null, variables: ["ANTHROPIC_API_KEY"] },
    baseURL: "https://api.anthropic.com/v1",
    problem: null,
  });
  expect(facts.get("openai-compatible")).toMatchObject({ baseURL: null, urlVariable: "OPENAI_COMPATIBLE_BASE_URL", problem: null });
  expect(JSON.stringify([...facts])).not.toMatch(/sk-this|1234567890/);
});

test("what is set wrong is told without being shown", async () => {
  const facts = await examine({
    OPENAI_API_KEY: `${KEY} and more`,
    ANTHROPIC_API_KEY: KEY,
    ANTHROPIC_BASE_URL: "https://me:hunter2@example.org/v1",
  });
  expect(facts.get("openai")?.problem).toMatchObject({ code: "usage_invalid", message: expect.stringContaining("OPENAI_API_KEY") });
  expect(facts.get("anthropic")?.problem).toMatchObject({ code: "usage_invalid", message: expect.stringContaining("ANTHROPIC_BASE_URL") });
  expect(JSON.stringify([...facts])).not.toMatch(/sk-this|hunter2/);
});

test("nobody is asked unless it is wanted, but for what runs on this machine", async () => {
  await using server = await serve(list({ data: [{ id: "qwen3:8b" }, { id: "gemma3" }] }));
  const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/openai`, OLLAMA_BASE_URL: `${server.url}/v1` };
  const facts = await examine(env);
  expect(facts.get("openai")?.reach).toBeNull();
  expect(facts.get("ollama")?.reach).toMatchObject({ ok: true, models: ["qwen3:8b", "gemma3"] });
  expect(server.asked.map(({ url }) => url)).toEqual(["/v1/models"]);
});

test("a place that only looks like this machine is not asked", async () => {
  const asked: string[] = [];
  const fetch = async (url: unknown) => (asked.push(String(url)), new Response("{}"));
  for (const host of ["127.example.com", "localhost.example.com", "10.0.0.1"]) {
    const facts = await examine({}, { providers: { ollama: { baseURL: `http://${host}/v1`, fetch } } });
    expect(facts.get("ollama")).toMatchObject({ baseURL: `http://${host}/v1`, reach: null });
  }
  await examine({}, { providers: { ollama: { baseURL: "http://127.0.0.2/v1", fetch } } });
  expect(asked).toEqual(["http://127.0.0.2/v1/models"]);
});

test.each([
  ["openai", "OPENAI", "/models", "authorization", `Bearer ${KEY}`, { data: [{ id: "m" }] }],
  ["anthropic", "ANTHROPIC", "/models?limit=1000", "x-api-key", KEY, { data: [{ id: "m" }] }],
  ["google", "GOOGLE_GENERATIVE_AI", "/models?pageSize=1000", "x-goog-api-key", KEY, { models: [{ name: "models/m" }] }],
])("%s is asked for its models in its own way", async (name, prefix, path, header, value, body) => {
  await using server = await serve(list(body));
  const facts = await examine({ [`${prefix}_API_KEY`]: KEY, [`${prefix}_BASE_URL`]: `${server.url}/base` }, { ping: true });
  const asked = server.asked.filter(({ url }) => url === `/base${path}`);
  expect(asked[0]?.headers[header]).toBe(value);
  expect(facts.get(name)?.reach).toMatchObject({ ok: true, models: ["m"] });
});

test.each([
  [401, "api_key_refused", "refuses the key", "Check OPENAI_API_KEY"],
  [403, "api_key_refused", "refuses the key", "Check OPENAI_API_KEY"],
  [402, "quota_exceeded", "nothing left to spend", "Add credit"],
  [429, "rate_limited", "asked too often", "Wait"],
  [451, "region_unsupported", "region", "region"],
  [503, "model_call_failed", "in trouble", "later"],
])("a server that answers %i is told as %s, and none of its words are repeated", async (status, code, message, remedy) => {
  await using server = await serve(list({ error: { message: `Incorrect API key provided: ${KEY}` } }, status));
  const facts = await examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/v1` }, { ping: true });
  expect(facts.get("openai")?.reach).toEqual({
    ok: false,
    problem: { code, message: expect.stringContaining(message), remedy: expect.stringContaining(remedy) },
  });
  expect(JSON.stringify([...facts])).not.toContain("sk-this");
});

test.each([
  ["a page without a list", (response: ServerResponse) => response.end("<html>hello</html>"), null],
  ["no list at all", list({}, 404), null],
  ["a list of nonsense", list({ data: [1, { id: 2 }, { id: "m" }] }), ["m"]],
])("a server that gives %s answers all the same", async (_what, answer, models) => {
  await using server = await serve(answer);
  const facts = await examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/v1` }, { ping: true });
  expect(facts.get("openai")?.reach).toMatchObject({ ok: true, models });
});

test("a list without end is not read to its end", async () => {
  await using server = await serve((response) => {
    const more = (): void => void (response.writable && response.write("x".repeat(65_536), more));
    more();
  });
  const facts = await examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/v1` }, { ping: true });
  expect(facts.get("openai")?.reach).toMatchObject({ ok: true, models: null });
});

test("a server that sends us elsewhere gets no key there", async () => {
  await using other = await serve(list({ data: [] }));
  await using server = await serve((response) => response.writeHead(307, { location: `${other.url}/v1/models` }).end());
  const facts = await examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${server.url}/v1` }, { ping: true });
  expect(facts.get("openai")?.reach).toMatchObject({ ok: false });
  expect(other.asked).toEqual([]);
});

test("a server that nobody runs, and one that says nothing, are told; the second after five seconds", async () => {
  const gone = await serve(list({}));
  await gone[Symbol.asyncDispose]();
  const refused = await examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${gone.url}/v1` }, { ping: true });
  expect(refused.get("openai")?.reach).toMatchObject({ ok: false, problem: { message: `${gone.host} cannot be reached: ECONNREFUSED.` } });
  const asked = Promise.withResolvers<void>();
  await using silent = await serve(() => asked.resolve());
  const clock = new ManualClock();
  const looking = examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${silent.url}/v1` }, { ping: true, clock });
  await asked.promise;
  await clock.advance(5_000);
  expect((await looking).get("openai")?.reach).toMatchObject({
    ok: false,
    problem: { message: expect.stringContaining("nothing came within 5 s") },
  });
});

test("who has had enough is not kept", async () => {
  const asked = Promise.withResolvers<void>();
  await using silent = await serve(() => asked.resolve());
  const controller = new AbortController();
  const looking = examine({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `${silent.url}/v1` }, { ping: true, signal: controller.signal });
  await asked.promise;
  controller.abort(new Error("enough"));
  await expect(looking).rejects.toThrow("enough");
});

test("servers and providers under names of one's own are told too", async () => {
  await using server = await serve(list({ data: [{ id: "large" }] }));
  const facts = await examine(
    {},
    {
      ping: true,
      providers: {
        vllm: { baseURL: `${server.url}/v1?token=${KEY}`, apiKey: KEY },
        mistral: { languageModel: () => ({}) },
        later: () => ({ languageModel: () => ({}) }),
      },
    },
  );
  expect(facts.get("vllm")).toMatchObject({
    baseURL: `${server.url}/v1`,
    key: { isNeeded: false, setIn: "`apiKey`" },
    reach: { ok: true, models: ["large"] },
  });
  expect(facts.get("mistral")).toMatchObject({ package: null, reach: null, problem: null });
  expect(facts.get("later")).toMatchObject({ package: null });
  expect(JSON.stringify([...facts])).not.toContain("sk-this");
});
