import { APICallError } from "@ai-sdk/provider";
import { describe, expect, test } from "vitest";
import { problemFrom as failureOf, requestOf } from "../../test/providers/support/ask.ts";
import type { ModelCallProblem, ModelRequest } from "../runtime/model-port.ts";
import { type ModelServer, type ModelServerScript, startModelServer } from "../testing/model-server/model-server.ts";
import { scriptedModel } from "../testing/scripted-model.ts";
import { createModelPort } from "./model-port.ts";

const KEY = "sk-proj-TOPSECRET0123456789";
const PROMPT = "My card 4111 is charged twice";
const INSTRUCTIONS = "You are the refunds desk of ACME.";
const ASKED: Partial<ModelRequest> = {
  model: "openai:gpt-5-mini",
  instructions: INSTRUCTIONS,
  transcript: [{ role: "user", text: PROMPT }],
};

async function problemWith(env: Readonly<Record<string, string>>, more: Partial<ModelRequest> = {}): Promise<ModelCallProblem> {
  const problem = await failureOf({ env }, { ...ASKED, ...more });
  const told = JSON.stringify(problem);
  for (const secret of [KEY, PROMPT, INSTRUCTIONS]) expect(told).not.toContain(secret);
  return problem;
}

async function problemFrom(
  script: ModelServerScript,
  more: Partial<ModelRequest> = {},
): Promise<ModelCallProblem & { readonly server: ModelServer }> {
  await using server = await startModelServer(script);
  const problem = await problemWith({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: KEY }, more);
  expect(server.requests).toHaveLength(1); // nobody retries below the engine
  return { ...problem, server };
}

const NOTHING_USED = {
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  modelCalls: 1,
  toolCalls: 0,
};

describe("a provider that refuses", () => {
  test("429: may be tried again, after the time it asks for, and costs nothing", async () => {
    expect(await problemFrom([{ status: 429, message: "Rate limit reached.", retryAfterS: 7 }])).toMatchObject({
      message: "openai:gpt-5-mini: the provider answered 429: Rate limit reached.",
      retryable: true,
      details: { model: "openai:gpt-5-mini", statusCode: 429, retryAfterMs: 7000 },
      usage: NOTHING_USED,
      cost: { kind: "free" },
    });
  });

  test("429 for want of money: no second try can mend it", async () => {
    const problem = await problemFrom([{ status: 429, code: "insufficient_quota", message: "You exceeded your current quota" }]);
    expect(problem).toMatchObject({ retryable: false, details: { statusCode: 429, providerCode: "insufficient_quota" } });
  });

  test("a date to wait for counts from the date of the answer", async () => {
    const problem = await problemFrom([{ status: 503, retryAfterS: "Fri, 01 Jan 2100 00:00:00 GMT" }]);
    expect((problem.details as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(1e12);
  });

  test("500 may be tried again; 400 may not", async () => {
    expect(await problemFrom([{ status: 500 }])).toMatchObject({ retryable: true, details: { statusCode: 500 } });
    expect(await problemFrom([{ status: 400 }])).toMatchObject({ retryable: false, details: { statusCode: 400 } });
  });

  test("504: it may have worked, so the tokens in are guessed and not free", async () => {
    const problem = await problemFrom([{ status: 504 }]);
    expect(problem).toMatchObject({ retryable: true, cost: { kind: "unknown" } });
    expect(problem.usage.inputTokens).toBeGreaterThan(10);
  });

  test("401 names the variable to look at, and repeats neither the key nor its masked form", async () => {
    const problem = await problemFrom([{ status: 401, message: `Incorrect API key provided: ${KEY} (sk-proj-**********6789).` }]);
    expect(problem).toMatchObject({
      code: "api_key_refused",
      message: "openai:gpt-5-mini: the provider answered 401: Incorrect API key provided: [key] ([key]).",
      remedy: "Check OPENAI_API_KEY, and that its key may use this model.",
    });
  });

  test("a message that quotes the prompt is told without the quotation", async () => {
    const problem = await problemFrom([{ status: 400, message: `Bad message '${PROMPT}' after '${INSTRUCTIONS.slice(4, 27)}'` }]);
    expect(problem.message).toBe("openai:gpt-5-mini: the provider answered 400: Bad message '[sent]' after '[sent]'.");
  });

  test("a page of HTML instead of an error is not repeated", async () => {
    const problem = await problemFrom(() => ({ status: 502, message: "x".repeat(5000) }));
    expect(problem.message.length).toBeLessThan(400);
  });
});

describe("a connection that breaks", () => {
  test("before the answer: may be tried again, and may have cost", async () => {
    const problem = await problemFrom([{ cut: "before-headers" }]);
    expect(problem).toMatchObject({ retryable: true, details: { networkCode: "UND_ERR_SOCKET" }, cost: { kind: "unknown" } });
    expect(problem.message).toMatch(/^openai:gpt-5-mini: no answer from 127\.0\.0\.1:\d+: UND_ERR_SOCKET\.$/);
    expect(problem.usage.inputTokens).toBeGreaterThan(10);
  });

  test("in the middle of the answer: the same", async () => {
    const problem = await problemFrom([{ cut: "in-body" }]);
    expect(problem).toMatchObject({ retryable: true, details: { statusCode: 200 } });
    expect(problem.message).toContain("the connection broke in the middle of the answer");
  });

  test("nobody listens: nothing was sent, nothing is used", async () => {
    const server = await startModelServer([]);
    await server.close();
    const problem = await problemWith({ OLLAMA_BASE_URL: server.url }, { model: "ollama:qwen3:8b" });
    expect(problem).toMatchObject({
      retryable: true,
      details: { networkCode: "ECONNREFUSED" },
      usage: NOTHING_USED,
      cost: { kind: "free" },
    });
    expect(problem.message).toMatch(/^ollama:qwen3:8b: no answer from 127\.0\.0\.1:\d+: ECONNREFUSED\. Is the server running\?$/);
  });

  test.each(["<html>hello</html>", "", '{"choices":[]}', '{"object":"list"}', `{"echo":"${PROMPT}"}`])(
    "garbage with status 200 is a problem that no retry mends: %j",
    async (body) => {
      const problem = await problemFrom([{ body }]);
      expect(problem).toMatchObject({ retryable: false });
      expect(problem.usage.inputTokens).toBeGreaterThan(10);
    },
  );
});

describe("an abort", () => {
  const reason = new Error("timeout");

  test("before the call: nothing is sent", async () => {
    await using server = await startModelServer(["never"]);
    await expect(createModelPort({ env: server.env }).call(requestOf({ ...ASKED, signal: AbortSignal.abort(reason) }))).rejects.toBe(
      reason,
    );
    expect(server.requests).toHaveLength(0);
  });

  test("while waiting: the reason itself is thrown, and the server sees the client hang up", async () => {
    const abort = new AbortController();
    await using server = await startModelServer(() => {
      setImmediate(() => abort.abort(reason));
      return { text: "late", delayMs: 60_000 };
    });
    await expect(createModelPort({ env: server.env }).call(requestOf({ ...ASKED, signal: abort.signal }))).rejects.toBe(reason);
    expect(await server.requests[0]?.ended).toBe("dropped");
  });

  test("while the answer comes in: the reason too, though the SDK calls it a broken answer", async () => {
    const abort = new AbortController();
    const model = scriptedModel(() => {
      abort.abort(reason);
      return new APICallError({
        message: "Failed to process successful response",
        url: "",
        requestBodyValues: {},
        statusCode: 200,
        cause: reason,
      });
    });
    await expect(createModelPort({ env: {} }).call(requestOf({ ...ASKED, model, signal: abort.signal }))).rejects.toBe(reason);
  });
});

describe("a model object that throws", () => {
  test("its words are told, without what was sent", async () => {
    const problem = await problemWith({}, { model: scriptedModel([new TypeError(`cannot read ${PROMPT}`)]) });
    expect(problem).toMatchObject({
      message: "scripted:script failed: TypeError: cannot read [sent].",
      retryable: false,
      cost: { kind: "unknown" },
    });
  });

  test("a script that is used up says so, and what it was asked", async () => {
    const text = "Where is order 4471, which I paid for?";
    const problem = await problemWith({}, { model: scriptedModel([]), transcript: [{ role: "user", text }] });
    expect(problem.message).toContain(
      'scriptedModel "script" has a script of 0, and this is call 1. Its last user message: "Where is order 4471, which I paid for?".',
    );
  });

  test("a call whose answer is missing from the transcript is a problem, found before anything is sent", async () => {
    const messages = [{ role: "assistant", content: [{ type: "tool-call", toolCallId: "c", toolName: "t", input: {} }] }];
    const model = scriptedModel(["never"]);
    const problem = await problemWith(
      {},
      {
        model,
        transcript: [
          { role: "user", text: PROMPT },
          { role: "assistant", messages },
        ],
      },
    );
    expect(problem.message).toBe('scripted:script was not called: The call of "t" (id "c") has no answer in the transcript.');
    expect(problem).toMatchObject({ usage: NOTHING_USED, cost: { kind: "free" } });
    expect(model.calls).toHaveLength(0);
  });
});

test("two tool calls of one id are refused together, and billed: run, one would take the other's arguments", async () => {
  const tool = {
    name: "refund",
    description: "Refunds.",
    inputSchema: { type: "object" },
    effect: "none",
    retry: null,
    timeoutMs: null,
    fingerprint: "f",
  } as const;
  const calls = [1, 2].map((order) => ({ tool: "refund", input: { order }, id: "same" }));
  const problem = await problemFrom([{ calls }], { tools: [tool] });
  expect(problem).toMatchObject({ retryable: true, usage: { modelCalls: 1 } });
  expect(problem.message).toContain('one id ("same")');
  expect(problem.usage.outputTokens).toBeGreaterThan(0);
});
