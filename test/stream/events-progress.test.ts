import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { JournalStore } from "../../src/index.ts";
import { agent, Flujo, foldProgress, NO_PROGRESS, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { SpokenModel } from "./support/spoken-model.ts";
import { storeWith } from "./support/store-with.ts";
import { shortly } from "./support/told.ts";

const RUN = { runId: "r1" } as const;
const leaf = <Name extends string>(name: Name) => step(name, async (value: unknown) => value);

describe("progress among the events of a run", () => {
  const program = (spoken: SpokenModel) => agent({ name: "a", model: spoken.model, instructions: "x", retries: 1 });

  test("is told to whoever comes late from the beginning of what is under way, and void progress is not", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const stream = flujo.stream(program(spoken), "hello", RUN); // somebody watches from the beginning
    const first = await spoken.next();
    first.say("void");
    await turn();
    first.breakOff();
    const second = await spoken.next();
    second.reason("Hm.").say("Good", " morning");
    await turn();
    const late = flujo.events("r1")[Symbol.asyncIterator]();
    let live = NO_PROGRESS;
    for (;;) {
      const { value, done } = await late.next();
      if (done === true) throw new Error("It ended too early.");
      live = foldProgress(live, value);
      if ([...live.operations.values()].some(({ text }) => text !== "")) break;
    }
    expect([...live.operations.values()]).toMatchObject([{ path: "a/turn[0]#2", reasoning: "Hm.", text: "Good morning" }]);
    second.say("!").end();
    for (let next = await late.next(); next.done !== true; next = await late.next()) {
      live = foldProgress(live, next.value);
      if (next.value.family === "progress") expect(live.operations.get(next.value.path)?.text).toBe("Good morning!");
    }
    expect(live.operations.size).toBe(0);
    expect((await stream.result).unwrap()).toBe("Good morning!");
  });

  test("begins with the next operation where nobody watched before: a text is never told from its middle", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const running = flujo.run(pipeline({ name: "p" }).step(program(spoken)).step(leaf("b")), "hello", RUN);
    const speech = await spoken.next();
    speech.say("Good");
    await turn();
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of flujo.events("r1")) events.push(shortly(event));
    })();
    await turn();
    speech.say(" morning").end();
    await running;
    await reading;
    expect(events.filter((event) => event.startsWith("text-delta"))).toEqual([]);
    expect(events).toContain("started p/b");
  });

  test("is told from the first word to whoever comes late, where the run was started to be watched", async () => {
    const spoken = new SpokenModel();
    await using flujo = new Flujo();
    const running = flujo.run(program(spoken), "hello", { ...RUN, live: true });
    const speech = await spoken.next();
    speech.say("Good");
    await turn();
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of flujo.events("r1")) events.push(shortly(event));
    })();
    await turn();
    speech.say(" morning").end();
    await running;
    await reading;
    expect(events.filter((event) => event.startsWith("text-delta"))).toEqual([
      "text-delta a/turn[0]: Good",
      "text-delta a/turn[0]:  morning",
    ]);
  });

  test("comes before the entry that makes it void, whatever the store's pace, so that nothing is left at the end", async () => {
    const slow = slowlyWriting(memoryStore());
    const flujo = new Flujo({ state: slow });
    const items = Array.from({ length: 200 }, (_, n) => n);
    const spoken = new SpokenModel((speech) => speech.say("some", " text").end());
    const each = agent({ name: "each", model: spoken.model, instructions: "x", input: z.number() });
    const stream = flujo.stream(pipeline({ name: "p", input: z.array(z.number()) }).map(each, { concurrency: 20 }), items, RUN);
    const readings = Array.from({ length: 10 }, async (_, reader) => {
      for (let n = 0; n < reader * 7; n++) await turn();
      let live = NO_PROGRESS;
      const ended = new Set<string>();
      const seqs: number[] = [];
      let count = 0;
      for await (const event of flujo.events("r1")) {
        live = foldProgress(live, event);
        if (++count % (5 + 11 * reader) === 0) await turn();
        if (event.family === "entry" && event.entry.type === "operation-finished") ended.add(event.entry.key);
        if (event.family === "entry") {
          seqs.push(event.entry.seq);
          continue;
        }
        expect(ended.has(event.path), `${event.type} of ${event.path} after its end`).toBe(false);
      }
      expect(live.operations.size).toBe(0);
      return seqs;
    });
    const all = await Promise.all(readings);
    const journal = (await flujo.entries("r1")).map(({ seq }) => seq);
    for (const seqs of all) expect(seqs).toEqual(journal);
    expect((await stream.result).status).toBe("succeeded");
    await flujo.close();
  });
});

/** A store that writes at once and says so later, like one that shares its commits. */
function slowlyWriting(store: JournalStore): JournalStore {
  let last = Promise.resolve();
  return storeWith(store, {
    commit(request) {
      const done = Promise.resolve(store.commit(request));
      last = Promise.all([last, done, turn()]).then(() => undefined);
      return last;
    },
  });
}
