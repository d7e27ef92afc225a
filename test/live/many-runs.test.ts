import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { agent, Flujo, pipeline, resource, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { turns } from "../semantics/support/stage.ts";

let warnings: string[] = [];
const listen = (warning: Error): void => {
  if (warning.name === "FlujoWarning") warnings.push(warning.message);
};
beforeEach(() => {
  warnings = [];
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

/** Three steps, each of which needs one turn of the event loop. */
const small = pipeline({ name: "small" })
  .step("one", async (n: number) => (await turns(1), n + 1))
  .step("two", async (n) => (await turns(1), n + 1))
  .step("three", async (n) => (await turns(1), n + 1));

const long = {
  loop: pipeline({ name: "long" }).loop(
    step("count", (n: number) => n + 1),
    { maxIterations: 100_000 },
  ),
  map: pipeline({ name: "long" })
    .step("list", (n: number) => Array.from({ length: 100_000 }, (_, at) => n + at))
    .map(step("count", (n: number) => n + 1))
    .step("last", (all) => all.at(-1)),
};

test.each(Object.keys(long) as (keyof typeof long)[])(
  "a run of 100,000 steps that never pause (%s) does not keep fifty small ones from their turns",
  { timeout: 60_000 },
  async (kind) => {
    const flujo = new Flujo({ strict: false });
    const over = { long: false, small: false };
    let longTurns = 0;
    const going = flujo.run(long[kind], 0).then((result) => {
      over.long = true;
      return result;
    });
    await turns(2); // it is well under way
    let smallTurns = 0;
    const smalls = Promise.all(Array.from({ length: 50 }, (_, n) => flujo.run(small, n))).then((results) => {
      over.small = true;
      expect(over.long).toBe(false);
      return results;
    });
    while (!over.long) {
      await turns(1);
      longTurns++;
      if (!over.small) smallTurns++;
    }
    expect((await smalls).map((result) => result.unwrap())).toEqual(Array.from({ length: 50 }, (_, n) => n + 3));
    expect((await going).unwrap()).toBe(100_000);
    expect(smallTurns, "turns of the event loop until all fifty had ended").toBeLessThanOrEqual(12);
    expect(longTurns).toBeGreaterThan(smallTurns);
  },
);

test("two Flujo objects of one process know nothing of each other's runs, of the same id or not", async () => {
  const [one, two] = [new Flujo(), new Flujo()];
  const asks = pipeline({ name: "asks" }).human("sure", { answer: z.boolean() });
  await one.run(asks, 1, { runId: "same" });
  expect(await two.find("same")).toBeNull();
  expect(await two.list()).toEqual([]);
  await expect(two.cancel("same")).rejects.toMatchObject({ code: "run_not_found" });
  await expect(two.signal("same", "sure", true)).rejects.toMatchObject({ code: "run_not_found" });
  await expect(two.query("same")).rejects.toMatchObject({ code: "run_not_found" });
  await two.run(asks, 2, { runId: "same" });
  await two.cancel("same");
  expect(await one.find("same")).toMatchObject({ status: "paused" });
  await two.close();
  expect(await one.answer(asks, "same", { value: true })).toMatchObject({ status: "succeeded", output: { input: 1 } });
});

test("closing one Flujo leaves the runs, resources and listeners of another alone", async () => {
  const notes: string[] = [];
  const kept = resource({ open: ({ runId }) => notes.push(`open ${runId}`), close: () => void notes.push("close"), per: "run" });
  const gate = Promise.withResolvers<number>();
  const program = step({ name: "hold", resources: { kept }, run: () => gate.promise });
  const [one, two] = [new Flujo(), new Flujo()];
  const running = one.run(program, null, { runId: "a" });
  const other = two.run(program, null, { runId: "b" });
  await turns();
  await two.close();
  expect(await other).toMatchObject({ status: "stopped" });
  expect(notes).toEqual(["open a", "open b", "close"]);
  gate.resolve(1);
  expect(await running).toMatchObject({ status: "succeeded" });
  expect(notes).toEqual(["open a", "open b", "close", "close"]);
});

test("the library installs no handler of the process: not while runs go on, wait, are worked on, cancelled, nor after", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flujo-handlers-"));
  const handlers = (): Readonly<Record<string, number>> =>
    Object.fromEntries(process.eventNames().map((name) => [String(name), process.listenerCount(name)]));
  const before = handlers();
  const during: Readonly<Record<string, number>>[] = [];
  {
    await using flujo = new Flujo({
      state: `sqlite:${join(folder, "state.db")}`,
      hooks: { onRunStart: () => void during.push(handlers()) },
    });
    const ask = agent({ name: "ask", instructions: "", model: scriptedModel(["said"]) });
    const program = pipeline({ name: "p" })
      .step(ask)
      .step("look", (text) => {
        during.push(handlers());
        return text;
      })
      .human("sure", { answer: z.boolean() });
    const abort = new AbortController();
    await flujo.run(program, "x", { runId: "r", signal: abort.signal, onEvent: () => undefined });
    const working = flujo.work([program], { pollMs: 10, signal: abort.signal });
    await flujo.signal("r", "sure", true);
    await expect.poll(async () => (await flujo.find("r"))?.status).toBe("succeeded");
    during.push(handlers());
    const stuck = flujo.run(
      step("stuck", (_: unknown, { signal }) => new Promise((_done, no) => signal.addEventListener("abort", no))),
      1,
      {
        runId: "s",
      },
    );
    await turns();
    await flujo.cancel("s");
    await stuck;
    during.push(handlers());
    abort.abort();
    await working;
  }
  rmSync(folder, { recursive: true });
  expect(during.length).toBeGreaterThan(4);
  for (const one of during) expect(one).toEqual(before);
  expect(handlers()).toEqual(before);
});

test("leaving the block of `await using` parks what is live, closes what it opened, and frees the runs for others", async () => {
  const store = memoryStore();
  const notes: string[] = [];
  const kept = resource({ open: () => notes.push("open"), close: () => void notes.push("close"), per: "run" });
  let isOpen = false;
  const program = step({ name: "hold", resources: { kept }, run: () => (isOpen ? 1 : new Promise<never>(() => undefined)) });
  let running: Promise<{ readonly status: string }>;
  {
    await using flujo = new Flujo({ state: store });
    running = flujo.run(program, null, { runId: "a" });
    await turns();
  }
  expect(await running).toMatchObject({ status: "stopped" });
  expect(notes).toEqual(["open", "close"]);
  isOpen = true;
  await using next = new Flujo({ state: store });
  expect(await next.resume(program, "a")).toMatchObject({ status: "succeeded", output: 1 });
});

test("a listener that is slow, throws or never reads on holds nothing back, neither its own run nor others", async () => {
  const flujo = new Flujo({ strict: false });
  const program = pipeline({ name: "p" }).loop(
    step("count", (n: number) => n + 1),
    { maxIterations: 2_000 },
  );
  const never = new Promise<never>(() => undefined);
  const lazy = flujo.stream(program, 0, { runId: "lazy" });
  const reader = lazy[Symbol.asyncIterator]();
  await reader.next(); // and no more
  const throwing = flujo.run(program, 0, {
    onEvent: () => {
      throw new Error("broken listener");
    },
  });
  const slow = flujo.run(program, 0, { onEvent: () => never as never, onProgress: () => never as never });
  const other = flujo.run(program, 0);
  for (const run of [throwing, slow, other, lazy.result]) expect((await run).unwrap()).toBe(2_000);
  await expect.poll(() => warnings.length).toBeGreaterThan(0);
  expect(new Set(warnings).size, "warnings of one run say one thing").toBe(1);
  await reader.return?.();
});
