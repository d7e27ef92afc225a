import { serve as serveHono } from "@hono/node-server";
import express from "express";
import { Hono } from "hono";
import type { Server, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { setImmediate as turn } from "node:timers/promises";
import { EventSource } from "undici";
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/index.ts";
import { agent, Flujo } from "../../src/index.ts";
import { eventStreamResponse, fromSeqOf, uiMessageStreamResponse } from "../../src/web/index.ts";
import { listening, type Served } from "./support/serve.ts";
import type { Speech } from "./support/spoken-model.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { sentEvents } from "./support/sse.ts";
import { textReader } from "./support/text-reader.ts";

/** What the servers below have in common: the same routes, each in the words of its library. */
interface Desk {
  readonly flujo: Flujo;
  readonly spoken: SpokenModel;
  readonly program: ReturnType<typeof writer>;
  readonly results: Promise<RunResult<unknown>>[];
}

const writer = (spoken: SpokenModel) => agent({ name: "writer", model: spoken.model, instructions: "Answer." });

function newDesk(): Desk {
  const spoken = new SpokenModel();
  return { flujo: new Flujo(), spoken, program: writer(spoken), results: [] };
}

async function hono({ flujo, program, results }: Desk): Promise<Served> {
  const app = new Hono();
  app.post("/ask", async (c) => {
    const stream = flujo.stream(program, await c.req.text(), { signal: c.req.raw.signal });
    results.push(stream.result);
    return eventStreamResponse(stream);
  });
  app.post("/chat", async (c) => {
    const stream = flujo.stream(program, await c.req.text());
    results.push(stream.result);
    return uiMessageStreamResponse(stream);
  });
  app.get("/runs/:id/events", (c) => eventStreamResponse(flujo.events(c.req.param("id"), { fromSeq: fromSeqOf(c.req.raw) })));
  const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  await new Promise((resolve) => server.once("listening", resolve));
  return listening(server);
}

function send(response: Response, to: ServerResponse): void {
  to.writeHead(response.status, Object.fromEntries(response.headers));
  const body = Readable.fromWeb(response.body as NodeReadableStream<Uint8Array>);
  to.once("close", () => body.destroy());
  body.pipe(to);
}

async function onExpress({ flujo, program, results }: Desk): Promise<Served> {
  const app = express();
  app.post("/ask", express.text(), (request, response) => {
    const left = new AbortController();
    response.once("close", () => left.abort());
    const stream = flujo.stream(program, String(request.body), { signal: left.signal });
    results.push(stream.result);
    send(eventStreamResponse(stream), response);
  });
  app.post("/chat", express.text(), (request, response) => {
    const stream = flujo.stream(program, String(request.body));
    results.push(stream.result);
    send(uiMessageStreamResponse(stream), response);
  });
  app.get("/runs/:id/events", (request, response) => {
    send(eventStreamResponse(flujo.events(request.params.id, { fromSeq: fromSeqOf(request) })), response);
  });
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return listening(server);
}

const ASKED = { method: "POST", headers: { "content-type": "text/plain" }, body: "What makes the tides?" };

describe.each([
  ["Hono", hono],
  ["Express", onExpress],
])("on %s", (_name, start) => {
  test("words arrive while the model goes on", async () => {
    const desk = newDesk();
    await using flujo = desk.flujo;
    await using server = await start(desk);
    for (const route of ["/ask", "/chat"]) {
      const response = await fetch(`${server.url}${route}`, ASKED);
      const reader = textReader(response);
      const speech = await desk.spoken.next();
      speech.say("The moon");
      await reader.until("The moon");
      expect(reader.isOver).toBe(false);
      speech.say(" does.").end();
      await reader.end;
      expect(reader.text).toContain(" does.");
      expect(response.headers.get("content-type")).toContain("text/event-stream");
    }
    expect(await Promise.all(desk.results)).toMatchObject([{ output: "The moon does." }, { output: "The moon does." }]);
    expect(await flujo.list()).toHaveLength(2);
  });

  test("a client that leaves ends the run that has its signal, and no other", async () => {
    const desk = newDesk();
    await using _flujo = desk.flujo;
    await using server = await start(desk);
    const leave = async (route: string): Promise<Speech> => {
      const client = new AbortController();
      const reader = textReader(await fetch(`${server.url}${route}`, { ...ASKED, signal: client.signal }));
      const speech = await desk.spoken.next();
      speech.say("The moon");
      await reader.until("The moon");
      client.abort();
      await reader.end;
      return speech;
    };
    const asked = await leave("/ask");
    expect(await desk.results[0]).toMatchObject({ status: "cancelled" });
    expect(asked.options.abortSignal?.aborted).toBe(true);
    const chatted = await leave("/chat");
    chatted.say(" does.").end();
    expect(await desk.results[1]).toMatchObject({ status: "succeeded", output: "The moon does." });
  });

  test("a run can be read again by its id", async () => {
    const desk = newDesk();
    await using flujo = desk.flujo;
    await using server = await start(desk);
    const running = flujo.run(desk.program, "hello", { runId: "r1" });
    (await desk.spoken.next()).say("Good day.").end();
    await running;
    const ids = async (headers: Record<string, string>) =>
      sentEvents(await (await fetch(`${server.url}/runs/r1/events`, { headers })).text()).map(({ id, event }) => id ?? event);
    const all = (await flujo.entries("r1")).map(({ seq }) => `${seq}`);
    expect(await ids({})).toEqual([...all, "end"]);
    expect(await ids({ "Last-Event-ID": "1" })).toEqual([...all.slice(2), "end"]);
  });
});

test("a route handler of Next.js is a function from a request to a response", async () => {
  const desk = newDesk();
  await using flujo = desk.flujo;
  const POST = async (request: Request): Promise<Response> =>
    uiMessageStreamResponse(flujo.stream(desk.program, await request.text(), { signal: request.signal }));
  const reader = textReader(await POST(new Request("http://localhost/api/chat", ASKED)));
  const speech = await desk.spoken.next();
  speech.say("The moon");
  await reader.until("The moon");
  speech.end();
  await reader.end;
  expect(reader.text.trimEnd().endsWith("data: [DONE]")).toBe(true);
});

test("the page in the documentation shows what is said while it is said, and what is true in the end", async () => {
  const desk = newDesk();
  await using flujo = desk.flujo;
  await using server = await hono(desk);
  const page = await openPage(server.url, "r1");
  const running = flujo.run(desk.program, "hello", { runId: "r1", live: true });
  const speech = await desk.spoken.next();
  page.open();
  speech.say("Good");
  await page.until("live", "Good");
  speech.say(" day");
  await page.until("live", "Good day");
  expect(page.texts["said"]).toBe("");
  speech.end();
  await running;
  await page.until("said", "Good day");
  await page.untilClosed();
  expect(page.texts).toEqual({ said: "Good day", live: "" });
});

/** The page of docs/agents/streaming.md, its script run with as much of a browser as it needs. */
async function openPage(server: string, runId: string) {
  const { readFile } = await import("node:fs/promises");
  const [, script = ""] = /<script type="module">\n([^]*?)<\/script>/.exec(await readFile("docs/agents/streaming.md", "utf8")) ?? [];
  const texts: Record<string, string> = { said: "", live: "" };
  const sources: EventSource[] = [];
  const document = {
    getElementById: (id: string) => ({
      set textContent(text: string) {
        texts[id] = text;
      },
    }),
  };
  const EventSourceHere = function (path: string) {
    const source = new EventSource(`${server}${path}`);
    sources.push(source);
    return source;
  };
  const open = (): void => {
    // oxlint-disable-next-line typescript/no-implied-eval -- it is a page's script, and this is its page
    new Function("document", "location", "EventSource", script)(document, { hash: `#${runId}` }, EventSourceHere);
  };
  return {
    texts,
    open,
    async until(id: string, text: string): Promise<void> {
      while (texts[id] !== text) await turn();
    },
    async untilClosed(): Promise<void> {
      while (sources.some(({ readyState }) => readyState !== 2)) await turn();
    },
  };
}
