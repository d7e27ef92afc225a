import { setImmediate as turn } from "node:timers/promises";
import { EventSource } from "undici";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { RunEvent } from "../../src/index.ts";
import { agent, Flujo, FlujoError, foldProgress, NO_PROGRESS, pipeline, step } from "../../src/index.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { eventStreamResponse, fromSeqOf } from "../../src/web/index.ts";
import { serve } from "./support/serve.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { sentEvents } from "./support/sse.ts";
import { textReader } from "./support/text-reader.ts";

const RUN = { runId: "r1" } as const;
const double = step("double", async (n: number, { report }) => {
  report({ half: n / 2 });
  return n * 2;
});
const asks = pipeline({ name: "p" }).step(double).human("ask", { show: String, answer: z.string() });

describe("a run as an event stream", () => {
  test("is messages with the events as JSON; entries have their seq as id, progress has none; the end says how it is", async () => {
    await using flujo = new Flujo();
    const response = eventStreamResponse(flujo.stream(asks, 21, RUN));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
    const text = await response.text();
    expect(text.startsWith("retry: 1000\n\n")).toBe(true); // something comes at once
    const sent = sentEvents(text);
    expect(sent.map(({ id, event }) => id ?? event)).toEqual(["0", "message", "message", "message", "1", "2", "3", "end"]);
    expect(sent[1]?.data).toMatchObject({ family: "progress", type: "operation-started", path: "p/double" });
    expect(sent[2]?.data).toMatchObject({ type: "work-reported", value: { half: 10.5 } });
    const entries = sent.flatMap(({ id, data }) => (id === null ? [] : [(data as { entry: unknown }).entry]));
    expect(entries).toEqual(JSON.parse(JSON.stringify(await flujo.entries("r1"))));
    expect(sent.at(-1)).toMatchObject({ event: "end", data: { status: "paused", pauses: [{ id: "p/ask", show: expect.any(String) }] } });
  });

  test("of a run at rest is its entries, from where one likes", async () => {
    await using flujo = new Flujo();
    await flujo.run(double, 21, RUN);
    const ids = async (response: Response) => sentEvents(await response.text()).map(({ id, event }) => id ?? event);
    expect(await ids(eventStreamResponse(flujo.events("r1")))).toEqual(["0", "1", "2", "end"]);
    expect(await ids(eventStreamResponse(flujo.events("r1", { fromSeq: 2 })))).toEqual(["2", "end"]);
    expect(await ids(eventStreamResponse(flujo.events("r1"), { fromSeq: 1 }))).toEqual(["1", "2", "end"]);
  });

  test("says what JSON has no word for by the nearest it has", async () => {
    await using flujo = new Flujo();
    const odd = step("odd", () => ({
      big: 10n ** 20n,
      at: new Date(0),
      set: new Set([1]),
      map: new Map([["a", 1]]),
      bytes: new Uint8Array([1, 2]),
    }));
    const sent = sentEvents(await eventStreamResponse(flujo.stream(odd, null)).text());
    expect(sent[2]?.data).toMatchObject({
      entry: {
        outcome: { value: { big: "100000000000000000000", at: "1970-01-01T00:00:00.000Z", set: [1], map: { a: 1 }, bytes: "AQI=" } },
      },
    });
  });

  test("shows a client only what it is to see", async () => {
    await using flujo = new Flujo();
    const show = (event: RunEvent) => (event.family === "entry" ? { seq: event.entry.seq, type: event.entry.type } : undefined);
    const sent = sentEvents(await eventStreamResponse(flujo.stream(double, 21), { show }).text());
    expect(sent.map(({ data }) => data)).toEqual([
      { seq: 0, type: "run-started" },
      { seq: 1, type: "operation-finished" },
      { seq: 2, type: "run-finished" },
      { status: "succeeded", pauses: [] },
    ]);
  });

  test("takes headers of one's own", async () => {
    await using flujo = new Flujo();
    const response = eventStreamResponse(flujo.stream(double, 1), { headers: { "x-run": "r1", "cache-control": "no-store" } });
    expect([response.headers.get("x-run"), response.headers.get("cache-control")]).toEqual(["r1", "no-store"]);
    await response.text();
  });
});

describe("what goes wrong", () => {
  test("is an event with a code and a message, and no stack", async () => {
    await using flujo = new Flujo();
    const text = await eventStreamResponse(flujo.events("nobody")).text();
    expect(sentEvents(text)).toEqual([{ id: null, event: "failure", data: { code: "run_not_found", message: "There is no run nobody." } }]);
    const refused = flujo.stream(pipeline({ name: "p", input: z.string() }).step(step("s", (text: string) => text)), 7 as never);
    expect(sentEvents(await eventStreamResponse(refused).text())).toMatchObject([{ event: "failure", data: { code: "input_invalid" } }]);
    await expect(refused.result).rejects.toThrow(FlujoError);
  });

  test("and is none of ours is told to the process, and to the client only that it is", async () => {
    await using flujo = new Flujo();
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const show = (): never => {
      throw new Error("the password is 1234");
    };
    const stream = flujo.stream(double, 1);
    const text = await eventStreamResponse(stream, { show }).text();
    expect(sentEvents(text)).toEqual([
      { id: null, event: "failure", data: { code: "unexpected", message: "Something unexpected happened." } },
    ]);
    expect(text).not.toContain("1234");
    expect((await warned).message).toContain("the password is 1234");
    expect((await stream.result).unwrap()).toBe(2);
  });
});

describe("a connection", () => {
  const spokenRun = () => {
    const spoken = new SpokenModel();
    return { spoken, program: agent({ name: "a", model: spoken.model, instructions: "x" }) };
  };

  test("on which nothing happens gets a comment every 15 seconds, and none right after something was said", async () => {
    const { spoken, program } = spokenRun();
    const clock = new ManualClock();
    await using flujo = new Flujo();
    const stream = flujo.stream(program, "hello");
    const reader = textReader(eventStreamResponse(stream, { clock }));
    const speech = await spoken.next();
    await reader.until("operation-started");
    const before = reader.text.length;
    await clock.advance(29_999);
    expect(reader.text.slice(before)).toBe("");
    await clock.advance(1);
    expect(reader.text.slice(before)).toBe(": still here\n\n");
    await clock.advance(60_000);
    expect(reader.text.slice(before)).toBe(": still here\n\n".repeat(5));
    speech.say("Good").end();
    await stream.result;
    await reader.until("event: end");
    expect(clock.sleepers).toBe(0);
  });

  test("to a client that does not read is not filled with comments", async () => {
    const { spoken, program } = spokenRun();
    const clock = new ManualClock();
    await using flujo = new Flujo();
    const stream = flujo.stream(program, "hello");
    const reader = (eventStreamResponse(stream, { clock }).body as ReadableStream<Uint8Array>).getReader();
    const speech = await spoken.next();
    for (let n = 0; n < 4; n++) await reader.read(); // the opening, two entries, the start
    const waiting = reader.read();
    await clock.advance(600_000);
    expect(new TextDecoder().decode((await waiting).value)).toBe(": still here\n\n");
    speech.say("Good").end();
    await stream.result;
    const next = [await reader.read(), await reader.read()].map(({ value }) => new TextDecoder().decode(value));
    expect(next[0]).toBe(": still here\n\n");
    expect(next[1]).toContain("text-delta");
    await reader.cancel();
    expect(clock.sleepers).toBe(0);
  });

  test("that is never read begins nothing", async () => {
    const clock = new ManualClock();
    await using flujo = new Flujo();
    eventStreamResponse(flujo.events("nobody"), { clock });
    await turn();
    expect(clock.sleepers).toBe(0);
  });

  test("that the client closes is over at once: the reading ends, the run goes on", async () => {
    const { spoken, program } = spokenRun();
    const clock = new ManualClock();
    await using flujo = new Flujo();
    const stream = flujo.stream(program, "hello", RUN);
    const left = new Set<string>();
    await using server = await serve(() =>
      eventStreamResponse(
        watched(flujo.events("r1"), () => void left.add("left")),
        { clock },
      ),
    );
    const client = new AbortController();
    const response = await fetch(server.url, { signal: client.signal });
    const reader = textReader(response);
    const speech = await spoken.next();
    await reader.until("operation-intended");
    client.abort();
    while (!left.has("left")) await turn();
    while (clock.sleepers > 0) await turn();
    speech.say("all the same").end();
    expect((await stream.result).unwrap()).toBe("all the same");
  });

  test("that the client closes ends the run, where its signal is the run's", async () => {
    const { spoken, program } = spokenRun();
    await using flujo = new Flujo();
    const results: Promise<unknown>[] = [];
    await using server = await serve((request) => {
      const stream = flujo.stream(program, "hello", { signal: request.signal });
      results.push(stream.result);
      return eventStreamResponse(stream);
    });
    const client = new AbortController();
    const response = await fetch(server.url, { signal: client.signal });
    const speech = await spoken.next();
    await textReader(response).until("operation-started");
    client.abort();
    expect(await results[0]).toMatchObject({ status: "cancelled" });
    expect(speech.options.abortSignal?.aborted).toBe(true);
  });

  test("is closed by a signal of the server's", async () => {
    const { spoken, program } = spokenRun();
    await using flujo = new Flujo();
    const stream = flujo.stream(program, "hello", RUN);
    const closing = new AbortController();
    const reader = textReader(eventStreamResponse(flujo.events("r1"), { signal: closing.signal }));
    await reader.until("operation-intended");
    closing.abort();
    await reader.end;
    expect(reader.text).not.toContain("event: end");
    const late = eventStreamResponse(flujo.events("r1"), { signal: closing.signal });
    expect(await late.text()).toBe("");
    (await spoken.next()).say("all the same").end();
    expect((await stream.result).status).toBe("succeeded");
  });
});

test("an EventSource that is cut off asks for the rest, and has every entry once and all of the text", { timeout: 20_000 }, async () => {
  const spoken = new SpokenModel();
  await using flujo = new Flujo();
  const program = pipeline({ name: "p" })
    .step(agent({ name: "a", model: spoken.model, instructions: "x" }))
    .step("b", (text: string) => text.length);
  const stream = flujo.stream(program, "hello", RUN); // watched from the beginning
  const asked: number[] = [];
  const cuts: AbortController[] = [];
  await using server = await serve((request) => {
    asked.push(fromSeqOf(request));
    const cut = new AbortController();
    cuts.push(cut);
    return eventStreamResponse(flujo.events("r1", { fromSeq: fromSeqOf(request) }), {
      signal: cut.signal,
      headers: { "x-cut": `${cuts.length}` },
    });
  });
  const source = new EventSource(server.url);
  const seqs: number[] = [];
  const texts: string[] = [];
  let live = NO_PROGRESS;
  const over = new Promise<unknown>((resolve) =>
    source.addEventListener("end", (event) => resolve(JSON.parse((event as unknown as { readonly data: string }).data))),
  );
  const heard = async (text: string): Promise<void> => {
    while (texts.at(-1) !== text) await turn();
  };
  source.addEventListener("message", (message) => {
    const event = JSON.parse(message.data as string) as RunEvent;
    live = foldProgress(live, event);
    if (event.family === "entry") seqs.push(event.entry.seq);
    texts.push([...live.operations.values()].map(({ text }) => text).join());
  });
  const speech = await spoken.next();
  speech.say("Good");
  await heard("Good");
  cuts[0]?.abort();
  speech.say(" morn");
  while (cuts.length < 2) await turn(); // it comes back by itself, after its time
  await heard("Good morn");
  speech.say("ing").end();
  expect(await over).toEqual({ status: "succeeded", pauses: [] });
  source.close();
  await stream.result;
  expect(asked).toEqual([0, 2]);
  expect(seqs).toEqual((await flujo.entries("r1")).map(({ seq }) => seq));
  expect(live.operations.size).toBe(0);
});

test.each([
  [{ "last-event-id": "7" }, 8],
  [{ "last-event-id": "0" }, 1],
  [{}, 0],
  [{ "last-event-id": "" }, 0],
  [{ "last-event-id": "-1" }, 0],
  [{ "last-event-id": "1e3" }, 0],
  [{ "last-event-id": "9".repeat(40) }, 0],
])("headers %j ask for entries from seq %d on", (headers: Record<string, string>, seq) => {
  expect(fromSeqOf({ headers })).toBe(seq);
  expect(fromSeqOf(new Request("http://localhost", { headers }))).toBe(seq);
});

/** The same events; told when the reader has left. */
function watched<T, R>(events: AsyncIterable<T, R>, onLeft: () => void): AsyncIterable<T, R> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = events[Symbol.asyncIterator]();
      return {
        next: () => iterator.next(),
        async return(value?: R) {
          const returned = await iterator.return?.(value);
          onLeft();
          return returned ?? { done: true, value: value as R };
        },
      };
    },
  };
}
