import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyStep, RunResult } from "../../src/index.ts";
import { Flujo, pipeline, step, withPolicy } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { ManualClock } from "../../src/testing/index.ts";
import { RUN_ID, turns } from "../semantics/support/stage.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2030, 0, 1);

/** A run, the processes that go on with it when it is due, and what its functions note. */
class Calendar {
  readonly clock: ManualClock;
  readonly store = memoryStore();
  readonly notes: string[] = [];
  /** How often somebody went on with it. */
  resumed = 0;

  constructor(startMs = START_MS) {
    this.clock = new ManualClock(startMs);
  }

  flujo(): Flujo {
    return new Flujo({ state: this.store, clock: this.clock });
  }

  note(what: string): void {
    this.notes.push(`day ${(this.clock.now() - START_MS) / DAY_MS}: ${what}`);
  }

  run(program: AnyStep, input: unknown = "in"): Promise<RunResult<unknown>> {
    return this.clock.until(this.flujo().run(program, input as never, { runId: RUN_ID }));
  }

  resume(program: AnyStep): Promise<RunResult<unknown>> {
    this.resumed++;
    return this.clock.until(this.flujo().resume(program, RUN_ID));
  }

  /** Goes on with it whenever it is due, in a process of its own each time, until it has ended or waits for answers alone. */
  async live(program: AnyStep, begun: Promise<RunResult<unknown>> = this.run(program)): Promise<RunResult<unknown>> {
    let result = await begun;
    while (result.status === "paused" && result.wakeAtMs !== null) {
      if (this.clock.sleepers > 0) throw new Error(`It rests, and ${this.clock.sleepers} timers are left.`);
      await this.clock.advance(result.wakeAtMs - this.clock.now());
      result = await this.resume(program);
    }
    return result;
  }
}

describe("a run that sleeps for 30 days", () => {
  const program = pipeline({ name: "p" })
    .step("before", (value: unknown) => value)
    .sleep("month", "30 days")
    .step("after", (value) => `${String(value)}, later`);

  test("rests, and is gone on with when it is due, once", async () => {
    const calendar = new Calendar();
    const result = await calendar.live(program);
    expect(result).toMatchObject({ status: "succeeded", output: "in, later", steps: [{}, { latencyMs: 30 * DAY_MS }, {}] });
    expect(calendar.clock.now() - START_MS).toBe(30 * DAY_MS);
    expect(calendar.resumed).toBe(1);
  });

  test("is held in memory with holdMs: Infinity, by one timer at a time, and ends in the same call", async () => {
    const clock = new ManualClock();
    const flujo = new Flujo({ clock, holdMs: Number.POSITIVE_INFINITY });
    const going = flujo.run(program, "in", { runId: RUN_ID });
    await turns();
    expect(clock.sleepers).toBe(1);
    expect(await clock.until(going)).toMatchObject({ status: "succeeded", output: "in, later" });
    expect(clock.now() - START_MS).toBe(30 * DAY_MS);
    expect(clock.sleepers).toBe(0);
  });

  test("gone on with too early it rests again until the same moment, however often", async () => {
    const calendar = new Calendar();
    const first = await calendar.run(program);
    for (let day = 1; day < 30; day++) {
      await calendar.clock.advance(DAY_MS);
      expect(await calendar.resume(program)).toEqual(first);
    }
    await calendar.clock.advance(DAY_MS);
    expect(await calendar.resume(program)).toMatchObject({ status: "succeeded" });
  });

  test("gone on with a year late it goes on at once", async () => {
    const calendar = new Calendar();
    await calendar.run(program);
    await calendar.clock.advance(365 * DAY_MS);
    expect(await calendar.resume(program)).toMatchObject({ status: "succeeded", steps: [{}, { latencyMs: 365 * DAY_MS }, {}] });
  });

  test.each(["2030-03-10T06:59:59.999Z", "2030-03-31T00:59:59.999Z", "2030-11-03T05:59:59.999Z", "2028-02-28T23:59:59.999Z"])(
    "a day is 24 hours on %s too, when clocks are changed or a day is added",
    async (from) => {
      const calendar = new Calendar(Date.parse(from));
      const result = await calendar.run(pipeline({ name: "p" }).sleep("day", "1 day"));
      expect(result).toMatchObject({ status: "paused", wakeAtMs: Date.parse(from) + DAY_MS });
    },
  );
});

describe("a reminder every 3 days, and an escalation", () => {
  const reminders = (calendar: Calendar) =>
    pipeline({ name: "refund" })
      .loop(
        pipeline()
          .human("approve", {
            answer: z.boolean(),
            timeout: "3 days",
            onTimeout: pipeline().step("remind", (value: unknown) => {
              calendar.note("reminds");
              return { input: value, answer: null };
            }),
          })
          .step("said", ({ answer }) => answer),
        { name: "ask", until: (answer) => answer !== null, maxIterations: 3, onExhausted: "return", next: () => "again" },
      )
      .step("decide", (answer) => {
        calendar.note(answer === null ? "escalates" : `is told ${String(answer)}`);
        return answer;
      });

  test("nobody answers: three reminders, then it is escalated", async () => {
    const calendar = new Calendar();
    expect(await calendar.live(reminders(calendar))).toMatchObject({ status: "succeeded", output: null });
    expect(calendar.notes).toEqual(["day 3: reminds", "day 6: reminds", "day 9: reminds", "day 9: escalates"]);
  });

  test.each([
    [0.5, ["day 0.5: is told true"]],
    [4, ["day 3: reminds", "day 4: is told true"]],
    [8.999, ["day 3: reminds", "day 6: reminds", "day 8.999: is told true"]],
  ])("an answer on day %d is the end of it", async (day, notes) => {
    const calendar = new Calendar();
    const program = reminders(calendar);
    let result = await calendar.run(program);
    while (result.status === "paused" && result.wakeAtMs !== null && result.wakeAtMs < START_MS + day * DAY_MS) {
      await calendar.clock.advance(result.wakeAtMs - calendar.clock.now());
      result = await calendar.resume(program);
    }
    await calendar.clock.advance(START_MS + day * DAY_MS - calendar.clock.now());
    const answered = await calendar.clock.until(calendar.flujo().answer(program, RUN_ID, { value: true }));
    expect(answered).toMatchObject({ status: "succeeded", output: true });
    expect(calendar.notes).toEqual(notes);
  });

  test("nobody was there for all that time: each deadline is counted from when its question was put, not from when it was due", async () => {
    const calendar = new Calendar();
    const program = reminders(calendar);
    await calendar.run(program);
    await calendar.clock.advance(100 * DAY_MS);
    const result = await calendar.live(program, calendar.resume(program));
    expect(result).toMatchObject({ status: "succeeded", output: null });
    expect(calendar.notes).toEqual(["day 100: reminds", "day 103: reminds", "day 106: reminds", "day 106: escalates"]);
  });
});

describe("a deadline that passed while nobody was there", () => {
  const late = (calendar: Calendar) =>
    step("work", (_: unknown, { signal, feedback }) => {
      calendar.note(feedback === null ? "begins" : "begins again");
      return feedback === null
        ? new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("told"))))
        : "done";
    });

  test("an attempt that was under way has failed by it, and the next one has all of its time", async () => {
    const calendar = new Calendar();
    const program = withPolicy(late(calendar), { timeoutMs: 60_000, retry: { retries: 1, firstDelayMs: 0 } });
    const flujo = calendar.flujo();
    const going = flujo.run(program, 1, { runId: RUN_ID });
    await turns();
    await flujo.close();
    expect(await going).toMatchObject({ status: "stopped" });
    await calendar.clock.advance(DAY_MS);
    expect(await calendar.resume(program)).toMatchObject({ status: "succeeded", output: "done" });
    expect(calendar.notes.at(-1)).toBe("day 1: begins again");
  });

  test("all attempts together have no time left, and the failure handler and the default come at once", async () => {
    const calendar = new Calendar();
    const program = withPolicy(late(calendar), {
      totalTimeoutMs: 60_000,
      retries: 5,
      onFailure: ({ code }) => calendar.note(code),
      onError: { default: "late" },
    });
    const flujo = calendar.flujo();
    const going = flujo.run(program, 1, { runId: RUN_ID });
    await turns();
    await flujo.close();
    await going;
    await calendar.clock.advance(DAY_MS);
    expect(await calendar.resume(program)).toMatchObject({ status: "succeeded", output: "late" });
    expect(calendar.notes.at(-1)).toBe("day 1: timeout");
  });

  const waits = pipeline({ name: "p" }).waitFor("paid", { schema: z.string(), timeout: "3 days" });
  const asks = pipeline({ name: "p" }).human("ask", { answer: z.string(), timeout: "3 days" });

  test.each([2, 3, 4])("a signal that came on day %i of 3 is found on day 104: in time it is taken, and late it is not", async (day) => {
    const calendar = new Calendar();
    await calendar.run(waits);
    await calendar.clock.advance(day * DAY_MS);
    const { isAwaited } = await calendar.flujo().signal(RUN_ID, "paid", "paid");
    expect(isAwaited).toBe(day <= 3);
    await calendar.clock.advance(100 * DAY_MS);
    expect(await calendar.resume(waits)).toMatchObject(
      day <= 3
        ? { status: "succeeded", output: { input: "in", signal: "paid" } }
        : { status: "failed", failure: { code: "timeout", path: "p/paid" } },
    );
  });

  test.each([2, 3, 4])("so is an answer on day %i of 3: late it is refused at once", async (day) => {
    const calendar = new Calendar();
    await calendar.run(asks);
    await calendar.clock.advance(day * DAY_MS);
    const answered = calendar.clock.until(calendar.flujo().answer(asks, RUN_ID, { value: "yes" }));
    if (day <= 3) expect(await answered).toMatchObject({ output: { answer: "yes" } });
    else await expect(answered).rejects.toMatchObject({ code: "pause_not_found", details: { pause: "p/ask" } });
  });

  test("what comes after the timeout is on record is refused", async () => {
    const calendar = new Calendar();
    expect(await calendar.live(asks)).toMatchObject({ status: "failed", failure: { code: "timeout", path: "p/ask" } });
    await expect(calendar.flujo().answer(asks, RUN_ID, { value: "yes" })).rejects.toMatchObject({ code: "pause_not_found" });
    await expect(calendar.flujo().signal(RUN_ID, "ask", "yes")).rejects.toMatchObject({ code: "usage_invalid" });
  });
});

describe("sleeping into the past", () => {
  test.each([
    ["a date", () => new Date(0)],
    ["a moment right now", (_: unknown, { nowMs }: { readonly nowMs: number }) => nowMs],
    ["the year 1", () => "0001-01-01T00:00:00Z"],
  ])("%s is no wait, in one run and in a thousand iterations", async (_, moment) => {
    const calendar = new Calendar();
    const program = pipeline({ name: "p" }).loop(pipeline().sleepUntil("past", moment), { maxIterations: 1_000 });
    expect(await calendar.run(program)).toMatchObject({ status: "succeeded", output: "in" });
    expect(calendar.clock.now()).toBe(START_MS);
  });
});
