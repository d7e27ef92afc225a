import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CancelledTraces, Way } from "./support/cancelled-run.ts";
import { cancelledRun, Ground, WAYS } from "./support/cancelled-run.ts";

/** A Flujo that has only the state file in common looks for letters so often, in milliseconds. */
const LOOK_MS = 100;

const ground = new Ground();
let undisturbed: CancelledTraces;

beforeAll(async () => {
  undisturbed = await cancelledRun(ground, { way: "its signal", after: null });
}, 30_000);

afterAll(() => ground[Symbol.dispose]());

function handlesIn(lines: readonly string[]): { readonly opened: readonly string[]; readonly closed: readonly string[] } {
  const about = (verb: string): readonly string[] =>
    lines.flatMap((line) => (line.startsWith(`${verb} `) ? [line.slice(verb.length + 1)] : [])).toSorted();
  return { opened: about("opens"), closed: about("closes") };
}

/** What holds of every run that was called off, wherever it was. */
function expectCalledOff(traces: CancelledTraces, at: string): void {
  const { result, read, resumed, journal, before, after, doneByResume, timers } = traces;
  expect(read, `${at}: the result as the journal tells it`).toEqual(result);
  expect(resumed, `${at}: the result as a resume gives it`).toEqual(result);
  expect(doneByResume, `${at}: what a resume does`).toEqual([]);
  expect(timers, `${at}: timers that are left`).toBe(0);
  expect(
    after.filter((line) => !/^(opens|closes) /.test(line)),
    `${at}: what begins after the word is on record`,
  ).toEqual([]);
  const { opened, closed } = handlesIn([...before, ...after]);
  expect(closed, `${at}: what is closed`).toEqual(opened);
  expect(journal.at(-1), at).toMatchObject({ type: "run-finished", end: { status: "cancelled" } });
  expect(
    journal.filter(({ type }) => type === "run-finished"),
    at,
  ).toHaveLength(1);
}

describe("a run of all kinds that is called off", () => {
  test("would have succeeded, and its every boundary is one to call it off at", () => {
    expect(undisturbed.result).toMatchObject({ status: "succeeded" });
    expect(undisturbed.commits).toBeGreaterThanOrEqual(60);
    const { opened, closed } = handlesIn(undisturbed.before);
    expect(opened).toHaveLength(4);
    expect(closed).toEqual(opened);
  });

  test.each(WAYS)(
    "by %s after any commit ends as cancelled at once, closes what it opened and begins nothing more",
    { timeout: 120_000 },
    async (way: Way) => {
      let cancelled = 0;
      const late: number[] = [];
      for (let after = 0; after < undisturbed.commits - 1; after++) {
        const traces = await cancelledRun(ground, { way, after });
        const at = `${way} after commit ${after}`;
        if (traces.result.status === "succeeded") {
          expect(traces.refused, `${at}: it had ended before the word came`).toMatchObject({
            code: "usage_invalid",
            details: { status: "succeeded" },
          });
          late.push(after);
          continue;
        }
        cancelled++;
        expect(traces.result, at).toMatchObject({ status: "cancelled", reason: way === "its signal" ? null : "enough" });
        expectCalledOff(traces, at);
        expect(traces.tookMs, `${at}: how long it takes`).toBeLessThanOrEqual(way === "another Flujo" ? LOOK_MS : 0);
      }
      // What runs to its end without a pause may be over before a word that comes from outside has been read: its tail, and no more.
      const last = undisturbed.commits - 1;
      expect(late).toEqual(Array.from({ length: late.length }, (_, index) => last - late.length + index));
      expect(cancelled).toBeGreaterThanOrEqual(way === "its signal" ? last : 58); // how many commits the tail has, depends on what shares one
    },
  );
});
