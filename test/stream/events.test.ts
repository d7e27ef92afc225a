import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Entry, RunEvent } from "../../src/index.ts";
import { agent, Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { storeWith } from "./support/store-with.ts";
import { seqsOf, shortly, told } from "./support/told.ts";

const RUN = { runId: "r1" } as const;
const leaf = <Name extends string>(name: Name) => step(name, async (value: unknown) => value);
const asks = pipeline({ name: "p" })
  .step(leaf("a"))
  .human("ask", { answer: z.string() })
  .step(step("b", ({ answer }: { answer: string }) => answer));

/** A program of many entries, in which many arrive in the same turn and many do not. */
const busy = (items: number) => {
  const look = step("look", async (n: number) => {
    if (n % 3 === 0) await turn();
    return n;
  });
  const each = pipeline()
    .step(look)
    .branch((n: number) => (n % 2 === 0 ? "even" : "odd"), { even: step("half", (n: number) => n / 2), odd: leaf("same") });
  return {
    program: pipeline({ name: "busy", input: z.array(z.number()) }).map(each, { concurrency: 7 }),
    list: Array.from({ length: items }, (_, n) => n),
  };
};

function entriesOf(events: readonly RunEvent[]): readonly Entry[] {
  return events.flatMap((event) => (event.family === "entry" ? [event.entry] : []));
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "flujo-events-"))));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = (): `sqlite:${string}` => `sqlite:${join(folder, `${files++}.db`)}`;

describe.each(["memory", "sqlite"] as const)("the events of a run, kept in %s", (kind) => {
  const flujoOf = (): Flujo => new Flujo({ state: kind === "memory" ? "memory" : newFile(), durability: "normal" });

  test("at rest are its journal, from any seq on, and can be read as often as one likes", async () => {
    await using flujo = flujoOf();
    const { program, list } = busy(20);
    await flujo.run(program, list, RUN);
    const journal = await flujo.entries("r1");
    const events = flujo.events("r1");
    expect(entriesOf(await told(events))).toEqual(journal);
    expect(entriesOf(await told(events))).toEqual(journal);
    for (const fromSeq of [1, 7, journal.length]) {
      expect(entriesOf(await told(flujo.events("r1", { fromSeq })))).toEqual(journal.filter(({ seq }) => seq >= fromSeq));
    }
    expect(await told(flujo.events("r1", { fromSeq: 1_000_000 }))).toEqual([]);
  });

  test("while it goes on come without a gap, each once and in order, whenever one begins to read", async () => {
    await using flujo = flujoOf();
    const { program, list } = busy(300);
    const running = flujo.run(program, list, RUN);
    const readings: Promise<readonly RunEvent[]>[] = [];
    const state = { isOver: false };
    const end = (): void => void (state.isOver = true);
    running.then(end, end);
    for (let n = 0; !state.isOver; n++) {
      if (n % 5 === 0) readings.push(told(flujo.events("r1", { fromSeq: n })));
      await turn();
    }
    await running;
    const journal = await flujo.entries("r1");
    expect(readings.length).toBeGreaterThan(3);
    for (const [index, reading] of readings.entries()) {
      const seqs = seqsOf(await reading);
      expect(seqs, `reader ${index}`).toEqual(journal.filter(({ seq }) => seq >= index * 5).map(({ seq }) => seq));
    }
  });

  test("are all there for a reader that is slower than the run by far", async () => {
    await using flujo = flujoOf();
    const { program, list } = busy(800);
    const running = flujo.run(program, list, RUN);
    const seqs: number[] = [];
    for await (const event of flujo.events("r1")) {
      if (event.family === "entry") seqs.push(event.entry.seq);
      if (seqs.length === 3) await running; // everything happens while this reader does nothing
    }
    expect(seqs).toEqual((await flujo.entries("r1")).map(({ seq }) => seq));
    expect(seqs.length).toBeGreaterThan(2_000);
  });

  test("that happen while one is still busy with what was before come once, not twice", async () => {
    await using flujo = flujoOf();
    const { program, list } = busy(400);
    const running = flujo.run(program, list, RUN);
    while ((await flujo.entries("r1").catch(() => [])).length < 300) await turn();
    const seqs: number[] = [];
    for await (const event of flujo.events("r1")) {
      if (event.family === "entry") seqs.push(event.entry.seq);
      if (seqs.length < 20) await turn();
    }
    await running;
    expect(seqs).toEqual((await flujo.entries("r1")).map(({ seq }) => seq));
  });

  test("end with the record of the run at rest, and go on from there when it is answered", async () => {
    await using flujo = flujoOf();
    await flujo.run(asks, "in", RUN);
    const first = flujo.events("r1")[Symbol.asyncIterator]();
    const seen: number[] = [];
    let next = await first.next();
    for (; next.done !== true; next = await first.next()) if (next.value.family === "entry") seen.push(next.value.entry.seq);
    expect(next.value).toMatchObject({ status: "paused", pauses: [{ name: "ask" }] });
    const answered = flujo.answer(asks, "r1", { value: "yes" });
    const rest = await told(flujo.events("r1", { fromSeq: (seen.at(-1) ?? 0) + 1 }));
    await answered;
    const later = await told(flujo.events("r1", { fromSeq: (seen.at(-1) ?? 0) + 1 }));
    expect(seqsOf(later).length).toBeGreaterThan(0);
    expect(seqsOf(rest)).toEqual(rest.length === 0 ? [] : seqsOf(later)); // it may have been read before the run was taken up
    expect([...seen, ...seqsOf(later)]).toEqual((await flujo.entries("r1")).map(({ seq }) => seq));
  });

  test("of a run that was started in this very turn are there", async () => {
    await using flujo = flujoOf();
    const stream = flujo.stream(asks, "in");
    const events = await told(flujo.events(stream.runId));
    await stream.result;
    expect(seqsOf(events)).toEqual((await flujo.entries(stream.runId)).map(({ seq }) => seq));
  });

  test("of a run that is not there are an error, and so are those of a Flujo that was closed", async () => {
    const flujo = flujoOf();
    await expect(told(flujo.events("nobody"))).rejects.toMatchObject({ code: "run_not_found" });
    await flujo.close();
    await expect(told(flujo.events("nobody"))).rejects.toMatchObject({ code: "flujo_closed" });
  });
});

test("what a slow reader has not read is not kept for it, but read again from the store", async () => {
  const inner = memoryStore();
  let read = 0;
  const store = storeWith(inner, {
    entries: async (query) => {
      const page = await inner.entries(query);
      read += page.length;
      return page;
    },
  });
  await using flujo = new Flujo({ state: store });
  const { program, list } = busy(800);
  const running = flujo.run(program, list, RUN);
  const events = flujo.events("r1")[Symbol.asyncIterator]();
  await events.next();
  await running;
  read = 0;
  const rest = await told({ [Symbol.asyncIterator]: () => events });
  expect(read).toBeGreaterThan(seqsOf(rest).length - 1_000); // at most so many were kept
  expect(seqsOf(rest)).toEqual((await flujo.entries("r1")).slice(1).map(({ seq }) => seq));
});

describe("the events of a run that another process works on", () => {
  test("come from the store, a while after they were written, and end when it is at rest", async () => {
    const store = memoryStore();
    const clock = new ManualClock();
    const there = new Flujo({ state: store, clock });
    const here = new Flujo({ state: store, clock }); // knows of the other only by the record
    const gate = Promise.withResolvers<void>();
    const held = step("held", async (value: unknown) => {
      await gate.promise;
      return value;
    });
    const running = there.run(pipeline({ name: "p" }).step(leaf("a")).step(held), "in", RUN);
    while ((await store.entries({ runId: "r1" })).length < 2) await turn();
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of here.events("r1")) events.push(shortly(event));
    })();
    await clock.advance(60_000);
    expect(events).toEqual(["0 run-started p", "1 operation-finished p/a"]);
    expect(clock.sleepers).toBe(1);
    gate.resolve();
    await running;
    await clock.advance(1_000); // it looks at least once a second
    await reading;
    expect(events.slice(2)).toEqual(["2 operation-finished p/held", "3 run-finished p"]);
    await Promise.all([here.close(), there.close()]);
  });

  test("are looked for ever less often while nothing comes, and no longer when the reader has left", async () => {
    let looks = 0;
    const inner = memoryStore();
    const store = storeWith(inner, {
      entries(query) {
        looks++;
        return inner.entries(query);
      },
    });
    const clock = new ManualClock();
    const there = new Flujo({ state: store, clock });
    const here = new Flujo({ state: store, clock });
    const never = step("never", () => new Promise<void>(() => {}));
    const running = there.run(never, "in", RUN);
    while ((await store.entries({ runId: "r1" })).length < 1) await turn();
    looks = 0;
    const events = here.events("r1")[Symbol.asyncIterator]();
    await events.next();
    const waiting = events.next();
    await clock.advance(10_000);
    expect(looks).toBeLessThan(17); // five times in the first second, then once a second
    expect(looks).toBeGreaterThan(10);
    await events.return?.();
    expect(await waiting).toMatchObject({ done: true });
    const before = looks;
    await clock.advance(10_000);
    expect([looks, clock.sleepers]).toEqual([before, 0]);
    await there.close();
    await running;
  });

  test("end where its process is gone: it is interrupted, and nothing happens until somebody takes it up", async () => {
    const store = memoryStore();
    const lost = new Flujo({ state: store });
    const running = lost.run(
      step("never", () => new Promise<void>(() => {})),
      "in",
      RUN,
    );
    while ((await store.findRun("r1")) === null) await turn();
    const record = await store.findRun("r1");
    if (record?.owner == null) throw new Error("It has no owner.");
    const owner = { ...record.owner, pid: 2 ** 22 + 1, processStart: "gone" };
    const haunted = storeWith(store, { findRun: async (runId) => ({ ...((await store.findRun(runId)) ?? record), owner }) });
    const here = new Flujo({ state: haunted });
    const events = here.events("r1")[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ entry: { type: "run-started" } });
    expect(await events.next()).toMatchObject({ done: true, value: { status: "running" } });
    await lost.close();
    expect((await running).status).toBe("stopped");
  });
});

describe("a reader of events", () => {
  test("is called off by its signal, at once and without touching the run", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const running = flujo.run(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello", RUN);
    const speech = await spoken.next();
    const controller = new AbortController();
    const reading = told(flujo.events("r1", { signal: controller.signal }));
    await turn();
    controller.abort();
    expect(seqsOf(await reading)).toEqual([0, 1]);
    expect(await told(flujo.events("r1", { signal: controller.signal }))).toEqual([]);
    speech.say("all the same").end();
    expect((await running).unwrap()).toBe("all the same");
  });

  test("that leaves while it waits is gone at once, and the run goes on", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const running = flujo.run(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello", RUN);
    const speech = await spoken.next();
    const events = flujo.events("r1")[Symbol.asyncIterator]();
    for (let n = 0; n < 2; n++) await events.next();
    const waiting = events.next();
    await turn();
    await events.return?.();
    expect(await waiting).toMatchObject({ done: true });
    speech.say("all the same").end();
    expect((await running).unwrap()).toBe("all the same");
  });

  test("is told by an end when the Flujo is closed and the run parked", async () => {
    const spoken = new SpokenModel();
    const flujo = new Flujo();
    const running = flujo.run(agent({ name: "a", model: spoken.model, instructions: "x" }), "hello", RUN);
    await spoken.next();
    const reading = told(flujo.events("r1")).catch((error: unknown) => error);
    await turn();
    await flujo.close();
    expect(await running).toMatchObject({ status: "stopped" });
    expect(await reading).toMatchObject({ code: "flujo_closed" });
  });
});
