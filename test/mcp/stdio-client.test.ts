import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mcpServer } from "../../src/dsl/mcp-server.ts";
import type { StdioServerOptions } from "../../src/dsl/mcp-server.ts";
import { createToolServerPort } from "../../src/mcp/client/tool-server-port.ts";
import type { ServerToolCall, ToolServerPort } from "../../src/runtime/tool-server-port.ts";
import { Evidence, isThere, untilGone, untilWaitedFor } from "./evidence.ts";
import { PIXEL } from "./sample-server.ts";

vi.setConfig({ testTimeout: 60_000 });

let evidence: Evidence;
let port: ToolServerPort;
beforeEach(() => {
  evidence = new Evidence();
  port = createToolServerPort();
});
afterEach(async () => {
  await port.close();
  evidence[Symbol.dispose]();
});

const started = (manner = "well", more: Partial<StdioServerOptions> = {}): object =>
  mcpServer({ name: "sample", ...evidence.server(manner), ...more }).definition.connection;

const ask = (tool: string, input: unknown = {}, more: Partial<ServerToolCall> = {}): ServerToolCall => ({
  tool,
  input,
  idempotencyKey: "run:key",
  signal: new AbortController().signal,
  onProgress: null,
  ...more,
});

const forever = (): AbortSignal => new AbortController().signal;

describe("a server over stdio", () => {
  test("is started with the first use, and once for all who use it", async () => {
    const server = started();
    expect(evidence.pids()).toEqual([]);
    const [tools, answer] = await Promise.all([port.list(server, forever()), port.call(server, ask("echo", { text: "hello" }))]);
    expect(answer).toEqual({ ok: true, value: "hello", files: [] });
    expect(tools.find(({ name }) => name === "echo")).toMatchObject({
      description: "Says it again.",
      inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    });
    expect(evidence.pids()).toHaveLength(1);
  });

  test("is a server of its own for every mcpServer()", async () => {
    await Promise.all([port.list(started(), forever()), port.list(started(), forever())]);
    expect(evidence.pids()).toHaveLength(2);
  });

  test("gives a tool without a description its title, else its name", async () => {
    const tools = await port.list(started(), forever());
    expect(tools.find(({ name }) => name === "draw")?.description).toBe("Draws a pixel");
    expect(tools.find(({ name }) => name === "several")?.description).toBe("several");
  });

  test("is asked for its tools page by page", async () => {
    const tools = await port.list(started("paged"), forever());
    expect(tools.map(({ name }) => name)).toEqual(["tool_0_a", "tool_0_b", "tool_1_a", "tool_1_b", "tool_2_a", "tool_2_b"]);
  });

  test("whose list has no end is refused", async () => {
    await expect(port.list(started("endless"), forever())).rejects.toThrow('The tool server "sample" lists its tools without end.');
  });

  test("that has no tools has an empty list", async () => {
    expect(await port.list(started("toolless"), forever())).toEqual([]);
  });

  test("that says its tools have changed is asked again, and otherwise not", async () => {
    const server = started();
    const before = await port.list(server, forever());
    expect(await port.list(server, forever())).toBe(before);
    await port.call(server, ask("grow"));
    await vi.waitFor(async () => {
      const after = await port.list(server, forever());
      expect(after.map(({ name }) => name)).toContain("grown");
    });
    expect(await port.call(server, ask("grown"))).toMatchObject({ ok: true, value: "grown" });
  });

  test("that greets on its stdout is used all the same", async () => {
    expect(await port.call(started("banner"), ask("echo", { text: "x" }))).toMatchObject({ value: "x" });
  });

  test("gets what is declared and what a program needs, and no key of ours", async () => {
    const ours = createToolServerPort({ env: { ...process.env, OPENAI_API_KEY: "sk-secret" } });
    const answer = await ours.call(started("well", { env: { API_TOKEN: "t0ken" } }), ask("environment"));
    await ours.close();
    const names = String((answer as { value: unknown }).value).split(" ");
    expect(names).toEqual(expect.arrayContaining(["API_TOKEN", "HOME", "PATH"]));
    const allowed = ["API_TOKEN", "HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
  });
});

describe("what a tool answers", () => {
  test.each<readonly [string, string, unknown, unknown]>([
    ["one text is a text", "echo", { text: "hello" }, "hello"],
    ["structured content comes before text", "add", { a: 1, b: 2 }, { sum: 3 }],
    ["nothing is null", "nothing", {}, null],
    [
      "several parts are a list",
      "several",
      {},
      ["one", { uri: "note://two", text: "two" }, { uri: "file:///three.md", name: "three", mimeType: "text/markdown" }],
    ],
  ])("%s", async (_what, tool, input, value) => {
    expect(await port.call(started(), ask(tool, input))).toEqual({ ok: true, value, files: [] });
  });

  test("images, audio and binary resources are files", async () => {
    const answer = await port.call(started(), ask("draw"));
    if (!answer.ok) throw new Error(answer.message);
    expect(answer.value).toBe("three files");
    expect(answer.files.map(({ mediaType, name, size }) => ({ mediaType, name, size }))).toEqual([
      { mediaType: "image/png", name: null, size: Buffer.from(PIXEL, "base64").length },
      { mediaType: "audio/wav", name: null, size: 4 },
      { mediaType: "application/pdf", name: "report.pdf", size: 4 },
    ]);
    expect(Buffer.from(answer.files[0]?.bytes ?? []).toString("base64")).toBe(PIXEL);
    expect(answer.files.map(({ sha256 }) => sha256)).toEqual(
      answer.files.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex")),
    );
  });

  test.each<readonly [string, string, unknown, string]>([
    ["a failure of the tool's own", "refuse", {}, "No such customer."],
    ["what the tool throws", "throw", {}, "The table is locked."],
    ["arguments that do not fit", "add", { a: "one" }, "Invalid arguments for tool add"],
    ["a tool that is not there", "absent", {}, "Tool absent not found"],
  ])("%s is told to the model", async (_what, tool, input, message) => {
    const answer = await port.call(started(), ask(tool, input));
    expect(answer).toMatchObject({ ok: false, code: "tool_failed", retryable: false });
    expect((answer as { message: string }).message).toContain(message);
  });

  test("a failure that repeats a secret is told without it", async () => {
    const answer = await port.call(started("well", { env: { API_TOKEN: "t0ken-of-mine" } }), ask("tell_secret"));
    expect(answer).toMatchObject({ ok: false, message: "Refused for token [API_TOKEN]." });
  });

  test("a server that looks for it finds the call's idempotency key", async () => {
    expect(await port.call(started(), ask("key", {}, { idempotencyKey: "run-1:a/tool[0]" }))).toMatchObject({ value: "run-1:a/tool[0]" });
  });

  test("progress is told while the tool runs", async () => {
    const told: unknown[] = [];
    const answer = await port.call(started(), ask("report", { steps: 2 }, { onProgress: (value) => told.push(value) }));
    expect(answer).toMatchObject({ ok: true, value: "done" });
    expect(told).toEqual([
      { progress: 1, total: 2, message: "step 1" },
      { progress: 2, total: 2, message: "step 2" },
    ]);
  });
});

describe("a call that is called off", () => {
  test("is called off at the server too, and the server goes on", async () => {
    const server = started();
    const abort = new AbortController();
    const calling = port.call(server, ask("wait", {}, { signal: abort.signal }));
    await evidence.until("wait began");
    abort.abort(new Error("timeout"));
    expect(await calling).toMatchObject({ ok: false, code: "timeout" });
    await evidence.until("wait called off");
    expect(await port.call(server, ask("echo", { text: "still here" }))).toMatchObject({ value: "still here" });
    expect(evidence.pids()).toHaveLength(1);
  });

  test("before it began is never made", async () => {
    const server = started();
    await port.list(server, forever());
    const answer = await port.call(server, ask("add", { a: 1, b: 1 }, { signal: AbortSignal.abort() }));
    expect(answer).toMatchObject({ ok: false, code: "timeout" });
    await port.call(server, ask("echo", { text: "after" }));
    expect(evidence.lines).not.toContain("add 1 1");
  });

  test("does not wait for a server that cannot be connected to", async () => {
    const abort = new AbortController();
    const calling = port.call(started("mute"), ask("echo", {}, { signal: abort.signal }));
    await vi.waitFor(() => expect(evidence.pids()).toHaveLength(1), 20_000);
    abort.abort();
    expect(await calling).toMatchObject({ ok: false, code: "timeout" });
  });

  test("leaves no listener on its signal", async () => {
    const abort = new AbortController();
    const add = vi.spyOn(abort.signal, "addEventListener");
    const remove = vi.spyOn(abort.signal, "removeEventListener");
    const server = started();
    await port.call(server, ask("echo", { text: "a" }, { signal: abort.signal }));
    await port.list(server, abort.signal);
    expect(add.mock.calls.length).toBeGreaterThan(0);
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length);
  });
});

describe("a server that dies", () => {
  test("in the middle of a call is told with its exit code and its last words, without its secrets", async () => {
    const answer = await port.call(started("well", { env: { API_TOKEN: "t0ken-of-mine" } }), ask("die", { code: 7 }));
    expect(answer).toEqual({
      ok: false,
      code: "tool_server_failed",
      message:
        'The tool server "sample" ended with exit code 7; it said: "The disk is full; the token was [API_TOKEN]." while its tool die was running.',
      retryable: true,
    });
  });

  test("takes every call that is under way with it", async () => {
    const server = started();
    const waiting = port.call(server, ask("wait"));
    await evidence.until("wait began");
    const dying = port.call(server, ask("die", { code: 1 }));
    for (const answer of await Promise.all([waiting, dying])) expect(answer).toMatchObject({ code: "tool_server_failed", retryable: true });
  });

  test("is started again with the next call", async () => {
    const server = started();
    await port.call(server, ask("die", { code: 1 }));
    expect(await port.call(server, ask("echo", { text: "back" }))).toMatchObject({ ok: true, value: "back" });
    expect(evidence.pids()).toHaveLength(2);
  });

  test("by SIGKILL between two calls is started again, and nobody notices", async () => {
    const server = started();
    const before = await port.list(server, forever());
    const [pid = 0] = evidence.pids();
    process.kill(pid, "SIGKILL");
    await untilWaitedFor(pid);
    expect(await port.list(server, forever())).toEqual(before);
    expect(evidence.pids()).toHaveLength(2);
  });

  test("by SIGKILL in the middle of a call is told as such", async () => {
    const server = started();
    const calling = port.call(server, ask("wait"));
    await evidence.until("wait began");
    process.kill(evidence.pids()[0] ?? 0, "SIGKILL");
    expect(await calling).toMatchObject({
      code: "tool_server_failed",
      message: 'The tool server "sample" was ended by SIGKILL while its tool wait was running.',
    });
  });
});

describe("a server that cannot be used", () => {
  test("for want of the program says so, and is not started again and again", async () => {
    const server = started("well", { command: "no-such-program-here" });
    await expect(port.list(server, forever())).rejects.toMatchObject({
      code: "tool_server_failed",
      summary: 'The tool server "sample" cannot be started: there is no program no-such-program-here.',
    });
    expect(await port.call(server, ask("echo"))).toMatchObject({ ok: false, code: "tool_server_failed", retryable: false });
  });

  test("for want of the folder says so", async () => {
    await expect(port.list(started("well", { cwd: "/no/such/folder" }), forever())).rejects.toMatchObject({
      summary: 'The tool server "sample" cannot be started in /no/such/folder: there is no such folder.',
    });
  });

  test("because it fails at once is tried three times, and told with its exit code and its last words", async () => {
    const server = started("broken", { env: { API_TOKEN: "t0ken-of-mine" } });
    const refused = await port.list(server, forever()).catch((error: unknown) => error);
    expect(String(refused)).toMatch(
      /The tool server "sample" ended with exit code 1; it said: .*Error: Set DATABASE_URL first; got \[API_TOKEN\]\./,
    );
    expect(String(refused)).not.toContain("t0ken");
    expect(evidence.pids()).toHaveLength(3);
  });

  test("because it never answers is given up in time, and ended", async () => {
    const refusal = expect(port.list(started("mute", { connectTimeoutMs: 1_000 }), forever())).rejects;
    await refusal.toMatchObject({ summary: 'The tool server "sample" did not answer within 1000 ms.' });
    expect(evidence.pids()).toHaveLength(1);
    await untilGone(evidence.pids()[0] ?? 0);
  });

  test("because it speaks something else is told with what it said", async () => {
    await expect(port.list(started("chatty", { connectTimeoutMs: 1_000 }), forever())).rejects.toMatchObject({
      summary:
        'The tool server "sample" did not answer within 1000 ms; on its stdout, where the protocol belongs, it wrote: Listening on port 3000 ….',
    });
  });
});

describe("closing", () => {
  test("ends the servers", async () => {
    await port.list(started(), forever());
    await port.close();
    expect(evidence.pids().map(isThere)).toEqual([false]);
  });

  test("ends one that ignores it, and what that has started", async () => {
    await port.list(started("stubborn"), forever());
    const all = [...evidence.pids(), ...evidence.pids("inner")];
    expect(all.map(isThere)).toEqual([true, true]);
    await port.close();
    await Promise.all(all.map(untilGone));
    expect(evidence.lines).toContain("SIGTERM");
  });

  test("ends one that is only being connected to", async () => {
    const listing = port.list(started("mute"), forever()).catch((error: unknown) => error);
    await vi.waitFor(() => expect(evidence.pids()).toHaveLength(1), 20_000);
    await port.close();
    expect(evidence.pids().map(isThere)).toEqual([false]);
    expect(await listing).toMatchObject({ code: "flujo_closed" });
  });

  test("tells a call that is under way", async () => {
    const calling = port.call(started(), ask("wait"));
    await evidence.until("wait began");
    await port.close();
    expect(await calling).toMatchObject({ ok: false, code: "tool_server_failed" });
  });

  test("refuses what comes after it", async () => {
    await port.close();
    await expect(port.list(started(), forever())).rejects.toMatchObject({ code: "flujo_closed" });
  });
});
