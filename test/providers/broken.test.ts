import { describe, expect, test } from "vitest";
import type { ModelProgress } from "../../src/runtime/model-port.ts";
import { scriptedModel, startModelServer } from "../../src/testing/index.ts";
import { createModelPort } from "../../src/agents/model-port.ts";
import { problemFrom, replyFrom, requestOf, toolOf } from "./support/ask.ts";
import { ALL_FOUR } from "./support/all-four.ts";
import { chatStream, streamed, unnamed } from "./support/streams.ts";

const PIECES = ["The quick ", "brown fox ", "jumps."];

describe.each(ALL_FOUR)("%s breaks off in the middle", (_provider, model) => {
  test.each([
    ["cut", "stream_broken"],
    ["end", "stream_broken"],
    ["error", "model_call_failed"],
  ] as const)("%s: a failed call that may be tried again, billed by what was sent and what had come", async (breaks, code) => {
    await using server = await startModelServer([{ pieces: PIECES, breaks }]);
    const told: ModelProgress[] = [];
    const problem = await problemFrom({ env: server.env }, { model, onProgress: (progress) => told.push(progress) });
    expect(problem).toMatchObject({ code, retryable: true });
    expect(problem.usage.inputTokens).toBeGreaterThan(10);
    expect(problem.usage.outputTokens).toBe(Math.ceil(PIECES.join("").length / 4));
    expect(told.map(({ delta }) => delta).join("")).toBe(PIECES.join(""));
    expect(JSON.stringify(problem)).not.toContain("quick");
  });

  test("a tool call that had come whole is not run", async () => {
    await using server = await startModelServer([{ calls: [{ tool: "look", input: { x: 1 } }], breaks: "end" }]);
    const problem = await problemFrom({ env: server.env }, { model, tools: [toolOf("look")] });
    expect(problem).toMatchObject({ code: "stream_broken", retryable: true });
    expect(problem.usage.outputTokens).toBeGreaterThan(0);
  });

  test("in one piece, it breaks all the same", async () => {
    await using server = await startModelServer([{ text: "never", breaks: "cut" }]);
    expect(await problemFrom({ env: server.env }, { model, settings: { stream: false } })).toMatchObject({
      code: "stream_broken",
      retryable: true,
    });
  });
});

test("an event that cannot be read makes the whole answer one that cannot be believed, though it ends well", async () => {
  const half = chatStream([{ content: "Fine " }], null) + 'data: {"choices":[{"delta":{"cont\n\n';
  await using server = await startModelServer([streamed(half + chatStream([{ content: "again" }], "stop"))]);
  const problem = await problemFrom({ env: server.env });
  expect(problem).toMatchObject({ code: "stream_broken", retryable: true });
  expect(problem.message).toBe("openai-compatible:m1: a part of the answer is not what the protocol says.");
});

test("a server that does not stream says what it wants: another setting, not another try", async () => {
  await using server = await startModelServer([{ body: JSON.stringify({ id: "c", choices: [] }) }]);
  expect(await problemFrom({ env: server.env })).toMatchObject({
    code: "stream_broken",
    retryable: false,
    message: "openai-compatible:m1: what came is no stream of an answer, but application/json.",
    remedy: "The server does not stream: say `settings: { stream: false }`.",
  });
});

test("a page of HTML with status 200 is told for what it is", async () => {
  await using server = await startModelServer([{ body: "<html>Sign in</html>", type: "text/html; charset=utf-8" }]);
  expect(await problemFrom({ env: server.env })).toMatchObject({
    retryable: true,
    message: "openai-compatible:m1: what came is no stream of an answer, but text/html.",
  });
});

test("an overload that is reported in the middle of a stream may be tried again; a key that is refused there may not", async () => {
  const begun = chatStream([{ content: "Well" }], null);
  const error = (code: number, message: string) => streamed(begun + unnamed({ error: { code, message, type: null } }));
  await using server = await startModelServer([error(529, "Overloaded"), error(401, "Token expired")]);
  expect(await problemFrom({ env: server.env })).toMatchObject({
    code: "model_call_failed",
    retryable: true,
    details: { statusCode: 529 },
  });
  expect(await problemFrom({ env: server.env })).toMatchObject({ code: "api_key_refused", retryable: false });
});

test("blocks interleave, and each keeps its own", async () => {
  const usage = {
    inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: 1, text: 1, reasoning: 0 },
  };
  const mixed = {
    ...scriptedModel([]),
    doStream: async () => ({
      stream: ReadableStream.from([
        { type: "reasoning-start" as const, id: "0", providerMetadata: { p: { a: 1 } } },
        { type: "text-start" as const, id: "0" },
        { type: "reasoning-delta" as const, id: "0", delta: "r1 " },
        { type: "text-delta" as const, id: "0", delta: "t1 ", providerMetadata: { p: { b: 1 } } },
        { type: "text-start" as const, id: "1" },
        { type: "text-delta" as const, id: "1", delta: "u1 " },
        { type: "reasoning-delta" as const, id: "0", delta: "r2" },
        { type: "text-delta" as const, id: "0", delta: "t2 " },
        { type: "reasoning-end" as const, id: "0", providerMetadata: { p: { signature: "S" } } },
        { type: "text-end" as const, id: "0" },
        { type: "text-end" as const, id: "1" },
        { type: "finish" as const, finishReason: { unified: "stop" as const, raw: "stop" }, usage },
      ]),
    }),
  };
  expect(await replyFrom({}, { model: mixed })).toMatchObject({
    text: "t1 t2 u1 ",
    reasoning: "r1 r2",
    messages: [
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "r1 r2", providerOptions: { p: { signature: "S" } } },
          { type: "text", text: "t1 t2 ", providerOptions: { p: { b: 1 } } },
          { type: "text", text: "u1 " },
        ],
      },
    ],
  });
});

describe("an abort", () => {
  const reason = new Error("enough");

  test.each(ALL_FOUR)(
    "%s: in the middle of the stream the reason is thrown, and the server sees the line close",
    async (_provider, model) => {
      // The answer never ends: its last event is held back for as long as the line is open.
      await using server = await startModelServer(() => ({ pieces: PIECES, breaks: "hang" }));
      const abort = new AbortController();
      const onProgress = ({ delta }: ModelProgress) => void (delta === PIECES.at(-1) && abort.abort(reason));
      const call = createModelPort({ env: server.env }).call(requestOf({ model, signal: abort.signal, onProgress }));
      await expect(call).rejects.toBe(reason);
      expect(await server.requests[0]?.ended).toBe("dropped");
    },
  );

  test("a model that does not heed its signal is left all the same, before its stream and in it", async () => {
    for (const hangs of ["call", "stream"] as const) {
      let cancelled = false;
      const stream = new ReadableStream({ cancel: () => void (cancelled = true) });
      const deaf = {
        ...scriptedModel([]),
        doStream: () => (hangs === "call" ? new Promise<never>(() => {}) : Promise.resolve({ stream })),
      };
      const abort = new AbortController();
      const call = createModelPort({ env: {} }).call(requestOf({ model: deaf, signal: abort.signal }));
      setImmediate(() => abort.abort(reason));
      await expect(call).rejects.toBe(reason);
      expect(cancelled).toBe(hangs === "stream");
    }
  });

  test("a stream that comes after the abort is cancelled", async () => {
    const abort = new AbortController();
    let cancelled = (): void => {};
    const gone = new Promise<void>((resolve) => (cancelled = resolve));
    let give = (_result: { readonly stream: ReadableStream<never> }): void => {};
    const late = {
      ...scriptedModel([]),
      doStream: () => new Promise<{ readonly stream: ReadableStream<never> }>((resolve) => (give = resolve)),
    };
    const call = createModelPort({ env: {} }).call(requestOf({ model: late, signal: abort.signal }));
    setImmediate(() => abort.abort(reason));
    await expect(call).rejects.toBe(reason);
    give({ stream: new ReadableStream({ cancel: cancelled }) });
    await gone;
  });
});
