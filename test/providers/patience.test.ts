import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createModelPort } from "../../src/agents/model-port.ts";
import { makeFetch } from "../../src/agents/patient-fetch.ts";
import type { ModelProgress } from "../../src/runtime/model-port.ts";
import { problemFrom, replyFrom, requestOf } from "./support/ask.ts";
import { chatStream } from "./support/streams.ts";

// Node's own fetch gives up after 300 seconds of silence, and nobody waits that long in a test. So a client with a second's
// patience goes the same way beside ours, and the server is silent until that one has given up.

const BEGUN = chatStream([{ content: "Thinking " }], null);
const REST = chatStream([{ content: "done." }]);

let server: ReturnType<typeof createServer>;
let url: string;
/** Every answer that waits, by the model that was asked. */
let waiting: Map<string, ServerResponse>;
let onRequest: () => void;

beforeEach(async () => {
  waiting = new Map();
  onRequest = () => {};
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      waiting.set((JSON.parse(body) as { readonly model: string }).model, response);
      onRequest();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

async function arrived(model: string): Promise<ServerResponse> {
  for (;;) {
    const response = waiting.get(model);
    if (response !== undefined) return response;
    await new Promise<void>((resolve) => (onRequest = resolve));
  }
}

function begin(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(BEGUN);
}

describe("a model that is silent for longer than a client has patience", () => {
  test.each(["before its answer", "in the middle of its answer"])(
    "%s: the impatient client gives up, ours waits",
    async (where) => {
      const impatient = { baseURL: url, fetch: await makeFetch({ headersMs: 1_000, bodyMs: 1_000 }) };
      const ours = replyFrom({ providers: { vllm: { baseURL: url } } }, { model: "vllm:ours" });
      const control = problemFrom({ providers: { vllm: impatient } }, { model: "vllm:control" });
      const [mine, its] = [await arrived("ours"), await arrived("control")];
      if (where !== "before its answer") for (const response of [mine, its]) begin(response);
      const code = where === "before its answer" ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_BODY_TIMEOUT";
      expect(await control).toMatchObject({ retryable: true, details: { networkCode: code } });
      if (where === "before its answer") begin(mine);
      mine.end(REST);
      expect(await ours).toMatchObject({ text: "Thinking done.", finish: "stop" });
    },
    20_000,
  );
});

test("an abort closes the connection at once, while a model is silent and while it speaks", async () => {
  for (const speaks of [false, true]) {
    const abort = new AbortController();
    const reason = new Error("enough");
    let heard = (): void => {};
    const hearing = new Promise<void>((resolve) => (heard = resolve));
    const onProgress = (_progress: ModelProgress) => heard();
    const port = createModelPort({ env: {}, providers: { vllm: { baseURL: url } } });
    const call = port.call(requestOf({ model: "vllm:m", signal: abort.signal, onProgress }));
    const response = await arrived("m");
    const closed = once(response, "close");
    if (speaks) {
      begin(response);
      await hearing;
    }
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    await closed;
    expect(response.writableFinished).toBe(false);
    waiting.clear();
  }
});

test("a hundred calls at a time are a hundred connections: none waits for another", async () => {
  const models = Array.from({ length: 100 }, (_, index) => `m${index}`);
  const port = createModelPort({ env: {}, providers: { vllm: { baseURL: url } } });
  const calls = models.map((model) => port.call(requestOf({ model: `vllm:${model}` })));
  const responses = await Promise.all(
    models.map(async (model) => {
      while (!waiting.has(model)) await new Promise((resolve) => setImmediate(resolve));
      return waiting.get(model);
    }),
  );
  for (const response of responses) response?.writeHead(200, { "content-type": "text/event-stream" }).end(BEGUN + REST);
  expect((await Promise.all(calls)).every(({ ok }) => ok)).toBe(true);
});
