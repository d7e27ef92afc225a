import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { JournalStore, WorkEvent } from "../../src/index.ts";
import { Flujo, pipeline } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { turns } from "../semantics/support/stage.ts";

let warnings: string[] = [];
const listen = (warning: Error): void => {
  if (warning.name === "FlujoWarning") warnings.push(warning.message);
};
beforeAll(() => import("../../src/runner/work.ts")); // it loads with the first use, which takes time that the clocks here do not see
beforeEach(() => {
  warnings = [];
  process.on("warning", listen);
});
afterEach(() => void process.off("warning", listen));

const remind = pipeline({ name: "remind" })
  .sleep("wait", 3 * 86_400_000)
  .step("say", (who: unknown) => `Has ${String(who)} answered?`);

/** Worlds of several processes on one store and one clock. */
class Office {
  readonly clock = new ManualClock();
  readonly inner = memoryStore();
  /** What the store was asked. */
  readonly asked: string[] = [];
  readonly store: JournalStore = new Proxy(this.inner, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        this.asked.push(String(name));
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  readonly told: string[] = [];
  readonly onRun = (event: WorkEvent): void => {
    const how =
      event.type === "taken-up" ? event.because : event.type === "at-rest" ? event.result.status : (event.error as { code: string }).code;
    this.told.push(`${event.type} ${event.record.runId} ${how}`);
  };

  flujo(options = {}): Flujo {
    return new Flujo({ state: this.store, clock: this.clock, ...options });
  }
}

/** As a process has it whose machine was started anew since. */
function ofDeadProcess(store: JournalStore): JournalStore {
  const createRun: JournalStore["createRun"] = (run, rows) => store.createRun({ ...run, owner: { ...run.owner, bootId: "before" } }, rows);
  return new Proxy(store, { get: (target, name) => (name === "createRun" ? createRun : (Reflect.get(target, name, target) as unknown)) });
}

test("a run whose time has come is gone on with to the millisecond, although nobody looks in between", async () => {
  const office = new Office();
  const { clock } = office;
  await office.flujo().run(remind, "jane", { runId: "r" });
  const worker = office.flujo();
  const working = worker.work([remind], { onRun: office.onRun, pollMs: 60_000 });
  await clock.advance(3 * 86_400_000 - 1);
  expect(office.told).toEqual([]);
  await clock.advance(1);
  expect(office.told).toEqual(["taken-up r due", "at-rest r succeeded"]);
  const { updatedAtMs, createdAtMs } = (await worker.find("r")) ?? { updatedAtMs: 0, createdAtMs: 0 };
  expect(updatedAtMs - createdAtMs).toBe(3 * 86_400_000);
  await worker.close();
  await working;
});

test("a look is three questions, once in pollMs, however many runs are parked; there is one timer, and none when it has ended", async () => {
  const office = new Office();
  const { clock, asked } = office;
  const flujo = office.flujo();
  for (let run = 0; run < 50; run++) await flujo.run(remind, "x");
  const worker = office.flujo();
  const before = clock.sleepers;
  const abort = new AbortController();
  const working = worker.work([remind], { signal: abort.signal });
  await clock.advance(0);
  expect(clock.sleepers - before).toBe(1);
  asked.length = 0;
  await clock.advance(10_000);
  expect(asked).toEqual(Array.from({ length: 30 }, () => "listRuns"));
  abort.abort();
  await working;
  expect(clock.sleepers).toBe(before);
});

test("a signal, a parked run and one whose process died are each taken up at the next look", async () => {
  const office = new Office();
  const { clock } = office;
  const asks = pipeline({ name: "asks" })
    .human("sure", { answer: z.boolean() })
    .step("act", ({ answer }) => answer);
  let isOpen = false;
  const door = pipeline({ name: "door" }).step("door", (n: number) => (isOpen ? n : new Promise<never>(() => undefined)));
  await office.flujo().run(asks, 1, { runId: "asked" });
  const parking = office.flujo();
  const parked = parking.run(door, 1, { runId: "parked" });
  await turns();
  await parking.close();
  expect(await parked).toMatchObject({ status: "stopped" });
  const losing = new Flujo({ state: ofDeadProcess(office.store), clock });
  const neverEnds = [losing.run(door, 2, { runId: "lost" })];
  expect(neverEnds).toHaveLength(1);
  await turns();
  isOpen = true;
  const worker = office.flujo();
  const working = worker.work([asks, door], { onRun: office.onRun });
  await clock.advance(0);
  expect(office.told.toSorted()).toEqual([
    "at-rest lost succeeded",
    "at-rest parked succeeded",
    "taken-up lost interrupted",
    "taken-up parked parked",
  ]);
  office.told.length = 0;
  await office.flujo().signal("asked", "sure", true);
  await clock.advance(1_000);
  expect(office.told).toEqual(["taken-up asked due", "at-rest asked succeeded"]);
  await worker.close();
  await working;
});

test("one that cannot be gone on with is left as it was, with one warning, until its record changes", async () => {
  const office = new Office();
  const { clock } = office;
  const make = (say: () => string) => pipeline({ name: "p" }).sleep("wait", 60_000).step("say", say);
  const first = make(() => "one");
  await office.flujo().run(first, null, { runId: "r" });
  const other = make(() => "another");
  const worker = office.flujo();
  const working = worker.work([other], { onRun: office.onRun });
  await clock.advance(600_000);
  expect(office.told).toEqual(["left-alone r plan_changed"]);
  expect(warnings.filter((text) => text.includes("cannot be gone on with"))).toHaveLength(1);
  expect(await worker.find("r")).toMatchObject({ status: "paused", owner: null });
  await office.flujo().resume(first, "r");
  expect(await worker.find("r")).toMatchObject({ status: "succeeded" });
  await clock.advance(10_000);
  expect(office.told).toHaveLength(1);
  await worker.close();
  await working;
});

test("runs of other programs are left to others, and a signal that nobody waits for wakes a run once", async () => {
  const office = new Office();
  const { clock } = office;
  const late = pipeline({ name: "late" })
    .human("first", { answer: z.number() })
    .waitFor("second", { schema: z.number() })
    .step("sum", ({ input, signal }) => input.answer + signal);
  await office.flujo().run(late, null, { runId: "late" });
  await office.flujo().run(remind, "x", { runId: "other" });
  const worker = office.flujo();
  const working = worker.work([late], { onRun: office.onRun, pollMs: 3_600_000 });
  await office.flujo().signal("late", "second", 2);
  await clock.advance(10 * 86_400_000);
  expect(office.told).toEqual(["taken-up late due", "at-rest late paused"]);
  await office.flujo().signal("late", "first", 1);
  await clock.advance(3_600_000);
  expect(office.told.slice(2)).toEqual(["taken-up late due", "at-rest late succeeded"]);
  expect((await worker.result("late")).unwrap()).toBe(3);
  await worker.close();
  await working;
});

test("of many that are due only so many are gone on with at a time; programs take turns, and the one that could first is first", async () => {
  const office = new Office();
  const { clock } = office;
  let isDoor = false;
  let live = 0;
  let most = 0;
  const order: string[] = [];
  const gates: (() => void)[] = [];
  const make = (name: string) =>
    pipeline({ name })
      .sleep("wait", (n: unknown) => 60_000 + Number(n))
      .step("work", async (_n: unknown, { runId }) => {
        order.push(runId);
        most = Math.max(most, ++live);
        if (isDoor) await new Promise<void>((resolve) => gates.push(resolve));
        live--;
      });
  const many = make("many");
  const few = make("few");
  const flujo = office.flujo();
  for (let n = 0; n < 40; n++) await flujo.run(many, 39 - n, { runId: `many-${39 - n}` });
  for (let n = 0; n < 2; n++) await flujo.run(few, 100 + n, { runId: `few-${n}` });
  await clock.advance(120_000);
  isDoor = true;
  const worker = office.flujo({ maxLiveRuns: 4 });
  const working = worker.work([many, few]);
  while (order.length < 42 || gates.length > 0) {
    await turns(2);
    for (const open of gates.splice(0)) open();
  }
  await clock.advance(0);
  expect(most).toBe(4);
  expect(order.slice(0, 6)).toEqual(["many-0", "few-0", "many-1", "few-1", "many-2", "many-3"]);
  expect(order.filter((id) => id.startsWith("many"))).toEqual(Array.from({ length: 40 }, (_, n) => `many-${n}`));
  await worker.close();
  await working;
});

test("two processes share the work: each run is gone on with once, and nobody complains", async () => {
  const office = new Office();
  const { clock } = office;
  const done: string[] = [];
  const program = pipeline({ name: "p" })
    .sleep("wait", 60_000)
    .step("work", (_: unknown, { runId }) => void done.push(runId));
  const flujo = office.flujo();
  for (let n = 0; n < 20; n++) await flujo.run(program, null, { runId: `r${n}` });
  const workers = [office.flujo(), office.flujo()];
  const working = workers.map((worker) => worker.work([program]));
  await clock.advance(60_000);
  expect(done.toSorted()).toEqual(Array.from({ length: 20 }, (_, n) => `r${n}`).toSorted());
  for (const worker of workers) await worker.close();
  await Promise.all(working);
  expect(warnings).toEqual([]);
});

test("with `once` it takes up what is ready, and ends when that is at rest", async () => {
  const office = new Office();
  await office.flujo().run(remind, "x", { runId: "due" });
  await office.clock.advance(3 * 86_400_000);
  await office.flujo().run(remind, "y", { runId: "later" });
  await office.flujo().work([remind], { once: true, onRun: office.onRun });
  expect(office.told).toEqual(["taken-up due due", "at-rest due succeeded"]);
  await office.flujo().work([remind], { once: true, onRun: office.onRun });
  expect(office.told).toHaveLength(2);
});

test("told to stop, it takes up nothing more and ends when what it has is at rest; closed, it parks that", async () => {
  const office = new Office();
  const { clock } = office;
  const gate = Promise.withResolvers<number>();
  const program = pipeline({ name: "p" })
    .sleep("wait", 60_000)
    .step("work", () => gate.promise);
  await office.flujo().run(program, null, { runId: "a" });
  const abort = new AbortController();
  const worker = office.flujo();
  let isOver = false;
  const working = worker.work([program], { signal: abort.signal, onRun: office.onRun }).then(() => {
    isOver = true;
  });
  await clock.advance(60_000);
  expect(office.told).toEqual(["taken-up a due"]);
  abort.abort();
  await turns();
  expect(isOver).toBe(false);
  await office.flujo().run(program, null, { runId: "b" });
  await clock.advance(120_000);
  expect(office.told).toEqual(["taken-up a due"]);
  const second = office.flujo();
  const again = second.work([program], { onRun: office.onRun });
  await clock.advance(0);
  expect(office.told).toEqual(["taken-up a due", "taken-up b due"]);
  await second.close();
  await again;
  expect(office.told.at(-1)).toBe("at-rest b stopped");
  gate.resolve(1);
  await working;
  expect(office.told.at(-1)).toBe("at-rest a succeeded");
});

test("a store that cannot be read for a while is said once, and looked into again", async () => {
  const office = new Office();
  const { clock } = office;
  let isBroken = false;
  const store = new Proxy(office.inner, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (name === "listRuns" && isBroken) return () => Promise.reject(new Error("disk on fire"));
      return member.bind(target);
    },
  });
  await office.flujo().run(remind, "x", { runId: "r" });
  isBroken = true;
  const worker = new Flujo({ state: store, clock });
  const working = worker.work([remind], { onRun: office.onRun, pollMs: 60_000 });
  await clock.advance(3 * 86_400_000);
  isBroken = false;
  await clock.advance(60_000);
  expect(office.told).toEqual(["taken-up r due", "at-rest r succeeded"]);
  expect(warnings).toEqual(["Runs that can go on cannot be looked for: disk on fire"]);
  await worker.close();
  await working;
});

test("what it cannot begin with is refused", async () => {
  const flujo = new Flujo();
  const twin = pipeline({ name: "remind" }).step("other", () => 1);
  await expect(flujo.work([])).rejects.toMatchObject({ code: "usage_invalid" });
  await expect(flujo.work([remind, twin])).rejects.toMatchObject({ code: "usage_invalid", summary: expect.stringContaining('"remind"') });
  await expect(flujo.work([remind], { pollMs: 0 })).rejects.toMatchObject({ code: "usage_invalid" });
  await expect(flujo.work([remind], { poll: 5 } as never)).rejects.toMatchObject({ code: "usage_invalid", details: { option: "poll" } });
  await flujo.close();
  await expect(flujo.work([remind])).rejects.toMatchObject({ code: "flujo_closed" });
  await flujo.work([remind], { signal: AbortSignal.abort() });
});

test("a run that goes on as another is followed by whoever drives it, and is nobody else's work", async () => {
  const office = new Office();
  const { clock } = office;
  const rounds = pipeline({ name: "rounds", input: z.number() })
    .sleep("wait", 60_000)
    .step("count", (n, { continueAs }) => (n < 3 ? continueAs(n + 1) : n));
  const worker = office.flujo();
  const working = worker.work([rounds], { onRun: office.onRun });
  await office.flujo().run(rounds, 1, { runId: "r" });
  await clock.advance(300_000);
  expect(office.told).toEqual([
    "taken-up r due",
    "at-rest r paused",
    "taken-up r.2 due",
    "at-rest r.2 paused",
    "taken-up r.3 due",
    "at-rest r.3 succeeded",
  ]);
  await worker.close();
  await working;
});

test("of several workers that want a run at once, the one that has it says so, and no other says anything", async () => {
  const office = new Office();
  const { clock, store } = office;
  await office.flujo().run(remind, "jane", { runId: "r" });
  const wanting = Promise.withResolvers<void>();
  let claims = 0;
  const claimRun: JournalStore["claimRun"] = async (request) => {
    if (++claims === 4) wanting.resolve();
    await wanting.promise; // nobody has it before all of them have asked for it
    return store.claimRun(request);
  };
  const crowded = new Proxy(store, { get: (target, name) => (name === "claimRun" ? claimRun : (Reflect.get(target, name) as unknown)) });
  const workers = Array.from({ length: 4 }, () => new Flujo({ state: crowded, clock }));
  const working = workers.map((worker) => worker.work([remind], { onRun: office.onRun, pollMs: 86_400_000 }));
  await clock.advance(3 * 86_400_000);
  await wanting.promise;
  await clock.advance(10_000);
  expect(office.told).toEqual(["taken-up r due", "at-rest r succeeded"]);
  expect(claims).toBeGreaterThanOrEqual(4);
  for (const worker of workers) await worker.close();
  await Promise.all(working);
  expect(warnings).toEqual([]);
});
