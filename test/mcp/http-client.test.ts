import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { HttpServerOptions } from "../../src/dsl/mcp-server.ts";
import { mcpServer } from "../../src/dsl/mcp-server.ts";
import { createToolServerPort } from "../../src/mcp/client/tool-server-port.ts";
import type { ServerToolCall, ToolServerPort } from "../../src/runtime/tool-server-port.ts";
import { Evidence } from "./evidence.ts";
import type { HttpManner } from "./http-server.ts";
import { HttpServer } from "./http-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let evidence: Evidence;
let port: ToolServerPort;
const servers: HttpServer[] = [];
beforeEach(() => {
  evidence = new Evidence();
  port = createToolServerPort();
});
afterEach(async () => {
  await port.close();
  await Promise.all(servers.splice(0).map((server) => server.crash()));
  evidence[Symbol.dispose]();
});

async function listening(manner: HttpManner = {}): Promise<HttpServer> {
  const server = await new HttpServer({ evidence: evidence.file, ...manner }).start();
  servers.push(server);
  return server;
}

const at = (server: HttpServer, more: Partial<HttpServerOptions> = {}): object =>
  mcpServer({ name: "remote", url: server.url, ...more }).definition.connection;

const ask = (tool: string, input: unknown = {}, more: Partial<ServerToolCall> = {}): ServerToolCall => ({
  tool,
  input,
  idempotencyKey: "run:key",
  signal: new AbortController().signal,
  onProgress: null,
  ...more,
});

const forever = (): AbortSignal => new AbortController().signal;

describe("a server over HTTP", () => {
  test.each([{}, { json: true }, { resumable: true }])("lists and calls its tools %j", async (manner) => {
    const server = at(await listening(manner));
    expect((await port.list(server, forever())).map(({ name }) => name)).toContain("echo");
    expect(await port.call(server, ask("add", { a: 2, b: 3 }))).toEqual({ ok: true, value: { sum: 5 }, files: [] });
    expect(await port.call(server, ask("refuse"))).toMatchObject({ ok: false, code: "tool_failed", message: "No such customer." });
  });

  test("gets our headers with every request, and one session for all of them", async () => {
    const server = await listening();
    const connection = at(server, { headers: { authorization: "Bearer k3y", "x-tenant": "7" } });
    await port.list(connection, forever());
    await port.call(connection, ask("echo", { text: "x" }));
    expect(server.received.length).toBeGreaterThan(3);
    for (const { headers } of server.received) expect(headers).toMatchObject({ authorization: "Bearer k3y", "x-tenant": "7" });
    expect(server.sessions).toBe(1);
  });

  test("tells progress while the tool runs", async () => {
    const told: unknown[] = [];
    await port.call(at(await listening()), ask("report", { steps: 2 }, { onProgress: (value) => told.push(value) }));
    expect(told).toEqual([
      { progress: 1, total: 2, message: "step 1" },
      { progress: 2, total: 2, message: "step 2" },
    ]);
  });

  test("that says its tools have changed is asked again", async () => {
    const server = await listening();
    const connection = at(server);
    const before = await port.list(connection, forever());
    await vi.waitFor(() => expect(server.open).toContain("GET"), 20_000); // the stream that the news comes on
    expect(await port.list(connection, forever())).toBe(before);
    await port.call(connection, ask("grow"));
    await vi.waitFor(async () => {
      const names = (await port.list(connection, forever())).map(({ name }) => name);
      expect(names).toContain("grown");
    }, 20_000);
  });

  test("is told that we leave", async () => {
    const server = await listening();
    await port.list(at(server), forever());
    await port.close();
    expect(server.received.at(-1)?.method).toBe("DELETE");
    await vi.waitFor(() => expect([server.sessions, ...server.open]).toEqual([0]), 20_000);
  });
});

describe("a call over HTTP that is called off", () => {
  test.each([{}, { json: true }, { resumable: true }])("is called off at the server, and its stream is closed %j", async (manner) => {
    const server = await listening(manner);
    const connection = at(server);
    await port.list(connection, forever());
    const abort = new AbortController();
    const calling = port.call(connection, ask("wait", {}, { signal: abort.signal }));
    await evidence.until("wait began");
    abort.abort();
    expect(await calling).toMatchObject({ ok: false, code: "timeout" });
    await evidence.until("wait called off");
    await vi.waitFor(() => expect(server.open).not.toContain("POST tools/call"), 20_000);
    expect(await port.call(connection, ask("echo", { text: "still here" }))).toMatchObject({ value: "still here" });
    expect(server.received.filter(({ headers }) => headers["last-event-id"] !== undefined)).toEqual([]);
  });
});

describe("a server over HTTP that goes away", () => {
  test("and comes back having forgotten our session is greeted anew, and the call is made once", async () => {
    const server = await listening();
    const connection = at(server);
    await port.list(connection, forever());
    server.forget();
    expect(await port.call(connection, ask("add", { a: 1, b: 1 }))).toMatchObject({ ok: true, value: { sum: 2 } });
    expect(evidence.lines.filter((line) => line === "add 1 1")).toHaveLength(1);
    expect(server.received.filter(({ rpc }) => rpc === "initialize")).toHaveLength(2);
  });

  test("in the middle of a call is told at once", async () => {
    const server = await listening();
    const connection = at(server);
    const calling = port.call(connection, ask("wait"));
    await evidence.until("wait began");
    await server.crash();
    expect(await calling).toEqual({
      ok: false,
      code: "tool_server_failed",
      message: 'The tool server "remote" closed the connection while its tool wait was running.',
      retryable: true,
    });
  });

  test("and is started again is connected to again", async () => {
    const server = await listening();
    const connection = at(server);
    await port.list(connection, forever());
    await server.crash();
    expect(await port.call(connection, ask("echo", { text: "x" }))).toMatchObject({
      ok: false,
      code: "tool_server_failed",
      retryable: true,
    });
    await server.start();
    expect(await port.call(connection, ask("echo", { text: "back" }))).toMatchObject({ ok: true, value: "back" });
  });

  test("for a moment is waited for", async () => {
    const server = await listening();
    const connection = at(server);
    await port.list(connection, forever());
    await server.crash();
    await port.call(connection, ask("echo", { text: "lost" }));
    const calling = port.call(connection, ask("echo", { text: "patience" })); // begins a quarter of a second later, and has three attempts
    await server.start();
    expect(await calling).toMatchObject({ ok: true, value: "patience" });
  });

  test("loses nothing where a broken stream can be taken up again", async () => {
    const server = await listening({ resumable: true });
    const until = `${evidence.folder}/go-on`;
    const calling = port.call(at(server), ask("linger", { until }));
    await evidence.until("linger began");
    server.breakConnections();
    await vi.waitFor(() => expect(server.received.some(({ headers }) => headers["last-event-id"] !== undefined)).toBe(true), 20_000);
    writeFileSync(until, "");
    expect(await calling).toMatchObject({ ok: true, value: "lingered" });
  });

  test("for one call only goes on with its session", async () => {
    const server = await listening();
    const connection = at(server);
    const calling = port.call(connection, ask("wait"));
    await evidence.until("wait began");
    server.breakConnections();
    expect(await calling).toMatchObject({ ok: false, code: "tool_server_failed", retryable: true });
    expect(await port.call(connection, ask("echo", { text: "on" }))).toMatchObject({ ok: true, value: "on" });
    expect(server.received.filter(({ rpc }) => rpc === "initialize")).toHaveLength(1);
  });

  test("for good is told, also where its streams could be taken up again", async () => {
    const server = await listening({ resumable: true });
    const calling = port.call(at(server), ask("wait"));
    await evidence.until("wait began");
    await server.crash();
    expect(await calling).toMatchObject({
      code: "tool_server_failed",
      message: 'The tool server "remote" lost its stream and could not be reached again while its tool wait was running.',
    });
  });
});

describe("a server over HTTP that cannot be used", () => {
  const refusing = (status: number) => ({
    before: (_request: unknown, response: { writeHead: (status: number) => { end: (text: string) => void } }) => {
      response.writeHead(status).end("no");
      return true;
    },
  });

  test("for want of a right says so at once", async () => {
    const server = await listening(refusing(401));
    await expect(port.list(at(server, { headers: { authorization: "Bearer k3y-of-mine" } }), forever())).rejects.toMatchObject({
      code: "tool_server_failed",
      summary: `The tool server "remote" at ${new URL(server.url).host}/mcp refuses us: HTTP 401.`,
      remedy: "Check the `headers` it is called with.",
    });
    expect(server.received).toHaveLength(1);
  });

  test("because it is out of order is tried three times", async () => {
    const server = await listening(refusing(503));
    await expect(port.list(at(server), forever())).rejects.toThrow("answers HTTP 503");
    expect(server.received).toHaveLength(3);
  });

  test("because nobody listens there says so", async () => {
    const server = await listening();
    await server.crash();
    await expect(port.list(at(server), forever())).rejects.toThrow(/cannot be reached at 127\.0\.0\.1:\d+\/mcp: ECONNREFUSED\./);
  });

  test("because it never answers is given up in time", async () => {
    const server = await listening({ before: () => true });
    await expect(port.list(at(server, { connectTimeoutMs: 500 }), forever())).rejects.toThrow("did not answer within 500 ms");
    await vi.waitFor(() => expect([...server.open]).toEqual([]), 20_000);
  });

  test("because it is a page for people says so", async () => {
    const server = await listening({
      before: (_request, response) => {
        response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>");
        return true;
      },
    });
    await expect(port.list(at(server), forever())).rejects.toThrow("Unexpected content type: text/html");
    expect(server.received).toHaveLength(1);
  });
});
