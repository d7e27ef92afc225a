import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Entry, FlujoOptions } from "../../src/index.ts";
import { Flujo, pipeline } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { JournalStore } from "../../src/journal/port.ts";
import { ManualClock } from "../../src/testing/index.ts";

// A run rests while the time of its wait runs out, and nobody is there. What came in time counts, what came later does not.

const START_MS = Date.UTC(2030, 0, 1);
const MINUTE_MS = 60_000;
const OVER = "2030-01-01T00:01:00.000Z";
const RUN_ID = "run-1";
const RUN = { runId: RUN_ID };

const folder = mkdtempSync(join(tmpdir(), "flujo-late-"));
afterAll(() => rmSync(folder, { recursive: true }));

const Verdict = z.object({ ok: z.boolean() });
const sign = pipeline({ name: "p" })
  .human("sign", { answer: Verdict, timeoutMs: MINUTE_MS, default: { ok: false } })
  .step("act", ({ answer }) => (answer.ok ? "signed" : "nobody signed"));
const pay = pipeline({ name: "p" })
  .waitFor("paid", { schema: z.number(), timeoutMs: MINUTE_MS, default: 0 })
  .step("act", ({ signal }) => `paid ${signal}`);

const PLACES = ["memory, one Flujo", "SQLite, one Flujo", "SQLite, two Flujos on one file"] as const;

describe.each(PLACES)("%s", (place) => {
  let clock: ManualClock;
  let [runner, other]: Flujo[] = [];
  let files = 0;

  const here = (): Flujo => runner ?? expect.fail("there is no Flujo");
  const there = (): Flujo => other ?? here();
  /** Begins a run, and lets so much time pass while it rests. */
  const restFor = async (program: Parameters<Flujo["run"]>[0], ms: number): Promise<void> => {
    expect(await clock.until(here().run(program, "in" as never, RUN))).toMatchObject({ status: "paused", wakeAtMs: START_MS + MINUTE_MS });
    await clock.advance(ms);
  };
  const entries = (): Promise<readonly Entry[]> => there().entries(RUN_ID);
  const typesOf = async (): Promise<readonly string[]> => (await entries()).map(({ type }) => type);

  beforeEach(() => {
    clock = new ManualClock(START_MS);
    const file = `sqlite:${join(folder, `${PLACES.indexOf(place)}-${files++}.db`)}` as const;
    const options: FlujoOptions = { clock, state: place.startsWith("memory") ? "memory" : file, durability: "normal" };
    runner = new Flujo(options);
    other = place.includes("two") ? new Flujo(options) : undefined;
  });
  afterEach(async () => {
    await other?.close();
    await runner?.close();
  });

  test("an answer after the limit is refused, says when that was and what happens now, and changes nothing", async () => {
    await restFor(sign, 2 * MINUTE_MS);
    const [before, record] = [await entries(), await there().find(RUN_ID)];
    await expect(clock.until(there().answer(sign, RUN_ID, { value: { ok: true } }))).rejects.toMatchObject({
      code: "pause_not_found",
      message: expect.stringContaining(`its time was over at ${OVER}`),
      remedy: expect.stringMatching(/flujo resume.*flujo work/),
      details: { pause: "p/sign", wakeAtMs: START_MS + MINUTE_MS },
    });
    expect(await entries()).toEqual(before);
    expect(await there().find(RUN_ID)).toEqual(record);
    expect((await clock.until(there().resume(sign, RUN_ID))).unwrap()).toBe("nobody signed");
  });

  test("an answer in the last millisecond of the limit counts", async () => {
    await restFor(sign, MINUTE_MS);
    expect((await clock.until(there().answer(sign, RUN_ID, { value: { ok: true } }))).unwrap()).toBe("signed");
  });

  test("a signal after the limit is kept, its sender is told so, and the limit takes effect by the next resume", async () => {
    await restFor(pay, MINUTE_MS + 1);
    expect(await there().signal(RUN_ID, "paid", 5)).toMatchObject({
      status: "paused",
      isAwaited: false,
      overAtMs: START_MS + MINUTE_MS,
    });
    const result = await clock.until(there().resume(pay, RUN_ID));
    expect(result).toMatchObject({ status: "succeeded", output: "paid 0", steps: [{ metadata: { timedOut: true } }, {}] });
    expect(await typesOf()).not.toContain("signal-taken");
  });

  test("so it is by a worker, which takes the run up for the limit and not for the signal", async () => {
    await restFor(pay, 2 * MINUTE_MS);
    await there().signal(RUN_ID, "paid", 5);
    await clock.until(there().work([pay], { once: true }));
    expect((await there().result(RUN_ID)).unwrap()).toBe("paid 0");
  });

  test("a signal in the last millisecond of the limit wins, however late the run is gone on with, and one that came after it does not", async () => {
    await restFor(pay, MINUTE_MS);
    expect(await there().signal(RUN_ID, "paid", 5)).toMatchObject({ isAwaited: true, overAtMs: null });
    await clock.advance(MINUTE_MS);
    expect(await there().signal(RUN_ID, "paid", 6)).toMatchObject({ isAwaited: false, overAtMs: START_MS + MINUTE_MS });
    expect((await clock.until(there().resume(pay, RUN_ID))).unwrap()).toBe("paid 5");
  });

  test("a signal that came in time wins over an answer that comes after the limit, which is refused", async () => {
    await restFor(sign, MINUTE_MS / 2);
    await there().signal(RUN_ID, "sign", { ok: true });
    await clock.advance(MINUTE_MS);
    await expect(clock.until(there().answer(sign, RUN_ID, { value: { ok: false } }))).rejects.toMatchObject({ code: "pause_not_found" });
    expect((await clock.until(there().resume(sign, RUN_ID))).unwrap()).toBe("signed");
  });

  test("a late signal to a question is no answer to it", async () => {
    await restFor(sign, 2 * MINUTE_MS);
    expect(await there().signal(RUN_ID, "sign", { ok: true })).toMatchObject({ isAwaited: false });
    expect((await clock.until(there().resume(sign, RUN_ID))).unwrap()).toBe("nobody signed");
  });

  test("a late signal is taken by the next wait of its name, as one that comes early", async () => {
    const twice = pipeline({ name: "p" })
      .waitFor("paid", { schema: z.number(), timeoutMs: MINUTE_MS, default: 0 })
      .loop(
        pipeline({ name: "again" })
          .waitFor("paid", { schema: z.number() })
          .step("sum", ({ input, signal }) => `${JSON.stringify(input)} then ${signal}`),
        { maxIterations: 1 },
      );
    await restFor(twice, 2 * MINUTE_MS);
    await there().signal(RUN_ID, "paid", 5);
    expect((await clock.until(there().resume(twice, RUN_ID))).unwrap()).toBe('{"input":"in","signal":0} then 5');
  });

  test("of two signals in time the second wins where the first turns out not to fit, however late that is found", async () => {
    const even = pipeline({ name: "p" }).waitFor("paid", { schema: z.number().refine((n) => n % 2 === 0), timeoutMs: MINUTE_MS });
    await restFor(even, MINUTE_MS / 2);
    for (const cents of [3, 4]) await there().signal(RUN_ID, "paid", cents);
    await clock.advance(MINUTE_MS);
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    expect((await clock.until(there().resume(even, RUN_ID))).unwrap()).toEqual({ input: "in", signal: 4 });
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([expect.stringContaining('dropped the signal "paid"')]);
    warn.mockRestore();
  });

  test("where one of several waits is over, an answer that names none is for the other", async () => {
    const both = pipeline({ name: "p" }).parallel({
      short: pipeline().human("ask", { answer: z.string(), timeoutMs: MINUTE_MS, default: "nobody" }),
      long: pipeline().human("ask", { answer: z.string() }),
    });
    await restFor(both, 2 * MINUTE_MS);
    await expect(clock.until(there().answer(both, RUN_ID, { pause: "p/parallel/short/ask", value: "x" }))).rejects.toMatchObject({
      code: "pause_not_found",
      details: { pause: "p/parallel/short/ask" },
    });
    expect(await there().signal(RUN_ID, "ask", "signalled")).toMatchObject({ isAwaited: true, overAtMs: null });
    expect((await clock.until(there().resume(both, RUN_ID))).unwrap()).toMatchObject({
      short: { answer: "nobody" },
      long: { answer: "signalled" },
    });
  });

  test("the same by an answer", async () => {
    const both = pipeline({ name: "p" }).parallel({
      short: pipeline().human("ask", { answer: z.string(), timeoutMs: MINUTE_MS, default: "nobody" }),
      long: pipeline().human("ask", { answer: z.string() }),
    });
    await restFor(both, 2 * MINUTE_MS);
    expect((await clock.until(there().answer(both, RUN_ID, { pause: "ask", value: "me" }))).unwrap()).toMatchObject({
      short: { answer: "nobody" },
      long: { answer: "me" },
    });
  });

  test("an answer that was given in time counts, although its schema takes until after the limit to say so", async () => {
    const slow = z.string().refine(async () => {
      await clock.sleep(MINUTE_MS);
      return true;
    });
    const program = pipeline({ name: "p" }).human("ask", { answer: slow, timeoutMs: MINUTE_MS, default: "nobody" });
    await restFor(program, MINUTE_MS / 2);
    expect((await clock.until(there().answer(program, RUN_ID, { value: "me" }))).unwrap()).toEqual({ input: "in", answer: "me" });
    expect(clock.now()).toBeGreaterThan(START_MS + MINUTE_MS);
  });

  test("where the limit takes effect while an answer is still being looked at, whoever gave it is told that, and not that somebody else has answered", async () => {
    const looking = Promise.withResolvers<boolean>();
    const then = pipeline({ name: "p" })
      .human("sign", { answer: z.string().refine(() => looking.promise), timeoutMs: MINUTE_MS, default: "nobody" })
      .human("more", { answer: z.string() });
    await restFor(then, MINUTE_MS);
    const refused = there()
      .answer(then, RUN_ID, { value: "me" })
      .catch((error: unknown) => error);
    await clock.advance(MINUTE_MS);
    expect(await clock.until(here().resume(then, RUN_ID))).toMatchObject({ status: "paused", pauses: [{ name: "more" }] });
    looking.resolve(true);
    expect(await clock.until(refused)).toMatchObject({
      code: "pause_not_found",
      message: expect.stringContaining(`its time was over at ${OVER}`),
    });
  });
});

/** A clock that is moved on without anybody's timers going off: the machine slept, or the process was too busy. */
class JumpingClock extends ManualClock {
  #jumpedMs = 0;

  jump(ms: number): void {
    this.#jumpedMs += ms;
  }

  override now(): number {
    return super.now() + this.#jumpedMs;
  }
}

test("a live run whose timer has not gone off yet takes nothing that comes after the limit, from its own process or another", async () => {
  const clock = new JumpingClock(START_MS);
  const store = memoryStore();
  const [owner, other] = [
    new Flujo({ state: store, clock, holdMs: Number.POSITIVE_INFINITY }),
    new Flujo({ state: store, clock, holdMs: Number.POSITIVE_INFINITY }),
  ];
  const running = owner.run(sign, "in", RUN);
  await clock.advance(0);
  clock.jump(2 * MINUTE_MS);
  for (const flujo of [owner, other]) {
    await expect(flujo.answer(sign, RUN_ID, { value: { ok: true } })).rejects.toMatchObject({ code: "pause_not_found" });
    expect(await flujo.signal(RUN_ID, "sign", { ok: true })).toMatchObject({ status: "running", isAwaited: false });
  }
  await clock.advance(200); // it has looked into its mailbox
  expect((await owner.query(RUN_ID)).waits).toHaveLength(1);
  await clock.advance(MINUTE_MS);
  expect((await running).unwrap()).toBe("nobody signed");
});

test("a history in which a late signal was taken before that was decided by time is gone on with as it is", async () => {
  const clock = new ManualClock(START_MS);
  const store = memoryStore();
  const program = pipeline({ name: "p" })
    .waitFor("paid", { schema: z.number(), timeoutMs: MINUTE_MS, default: 0 })
    .human("sure", { answer: z.boolean() });
  const flujo = new Flujo({ state: store, clock });
  await clock.until(flujo.run(program, "in", RUN));
  await flujo.signal(RUN_ID, "paid", 5);
  await clock.advance(2 * MINUTE_MS);
  expect(await clock.until(flujo.resume(program, RUN_ID))).toMatchObject({ status: "paused", pauses: [{ name: "sure" }] });
  await flujo.close();
  // The letter as it was then: posted after the limit.
  const lateMs = START_MS + 2 * MINUTE_MS;
  const before: JournalStore = new Proxy(store, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== "function") return member;
      if (name !== "letters") return member.bind(target);
      return async (runId: string, after: number) => (await store.letters(runId, after)).map((letter) => ({ ...letter, atMs: lateMs }));
    },
  });
  const next = new Flujo({ state: before, clock });
  expect((await clock.until(next.answer(program, RUN_ID, { value: true }))).unwrap()).toEqual({
    input: { input: "in", signal: 5 },
    answer: true,
  });
  expect(await next.result(RUN_ID)).toMatchObject({ status: "succeeded" });
});
