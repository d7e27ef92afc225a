import { expect, test } from "vitest";
import type { RunQuery } from "../../journal/port.ts";
import type { RunRest } from "../../model/run-record.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { letter } from "./mailbox.ts";
import { atRest, claimOf, SAMPLE_TIME_MS, started } from "./samples.ts";

const NOON = SAMPLE_TIME_MS + 43_200_000;

type Query = Omit<RunQuery, "ready"> & { readonly atMs?: number };
/** Ids of the runs that are ready at noon, unless it is asked about another time. */
type ReadyIds = (query?: Query) => Promise<readonly string[]>;

export function readyContract(underTest: StoreUnderTest): void {
  const readyIds: ReadyIds = async ({ atMs = NOON, ...query } = {}) =>
    (await underTest.store.listRuns({ ...query, ready: { atMs } })).map(({ runId }) => runId);

  byTime(underTest, readyIds);
  byLetters(underTest, readyIds);
  among(underTest, readyIds);
}

async function resting({ store }: StoreUnderTest, runId: string, rest: Partial<RunRest> = {}): Promise<void> {
  const lease = await started(store, runId);
  await store.commit({ lease, rows: [], rest: { ...atRest("paused"), ...rest } });
}

function byTime(underTest: StoreUnderTest, readyIds: ReadyIds): void {
  test("a paused run is ready from the very millisecond at which it wakes", async () => {
    await resting(underTest, "run-1", { wakeAtMs: NOON });
    expect(await readyIds({ atMs: NOON - 1 })).toEqual([]);
    expect(await readyIds({ atMs: NOON })).toEqual(["run-1"]);
    expect(await readyIds({ atMs: NOON + 1 })).toEqual(["run-1"]);
  });

  test("a run that waits for answers alone is never ready by itself", async () => {
    await resting(underTest, "run-1");
    expect(await readyIds({ atMs: Number.MAX_SAFE_INTEGER })).toEqual([]);
  });

  test("only a paused run is ready: none that runs, was stopped or has ended", async () => {
    for (const status of ["stopped", "succeeded", "failed", "cancelled"] as const)
      await resting(underTest, status, { status, wakeAtMs: 0 });
    await resting(underTest, "claimed", { wakeAtMs: 0 });
    await underTest.store.claimRun(claimOf("claimed"));
    expect(await readyIds()).toEqual([]);
  });

  test("the last rest counts, not those before it", async () => {
    const { store } = underTest;
    await resting(underTest, "run-1", { wakeAtMs: 0 });
    for (const [wakeAtMs, expected] of [
      [NOON + 1, []],
      [NOON - 1, ["run-1"]],
      [null, []],
    ] as const) {
      const lease = await store.claimRun(claimOf("run-1"));
      await store.commit({ lease, rows: [], rest: { ...atRest("paused"), wakeAtMs } });
      expect(await readyIds()).toEqual(expected);
    }
  });

  test("a time that is none, and one before and after all others, are questions like any other", async () => {
    await resting(underTest, "sleeps", { wakeAtMs: 5 });
    await resting(underTest, "told");
    await underTest.store.post(letter("told", "go"));
    for (const atMs of [Number.NaN, Number.NEGATIVE_INFINITY, -1, 4.9]) expect(await readyIds({ atMs })).toEqual(["told"]);
    for (const atMs of [5, Number.POSITIVE_INFINITY, 2 ** 60]) expect(await readyIds({ atMs })).toEqual(["told", "sleeps"]);
  });
}

function byLetters(underTest: StoreUnderTest, readyIds: ReadyIds): void {
  test("a letter of any kind that comes while it is paused makes a run ready", async () => {
    const { store } = underTest;
    for (const runId of ["signalled", "cancelled", "left"]) await resting(underTest, runId);
    await store.post(letter("signalled", "go"));
    await store.post(letter("cancelled", "", { kind: "cancel", value: undefined }));
    expect(await readyIds({ atMs: 0 })).toEqual(["cancelled", "signalled"]);
  });

  test("a letter that came before the rest counts only where the run has not had it", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    const first = await store.post(letter("run-1", "a"));
    const second = await store.post(letter("run-1", "b"));
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), lastLetter: first } });
    expect(await readyIds()).toEqual(["run-1"]);
    const again = await store.claimRun(claimOf("run-1"));
    expect(await readyIds(), "somebody has it").toEqual([]);
    await store.commit({ lease: again, rows: [], rest: { ...atRest("paused"), lastLetter: second } });
    expect(await readyIds()).toEqual([]);
    await store.post(letter("run-1", "c"));
    expect(await readyIds()).toEqual(["run-1"]);
  });

  test("another run's letters say nothing, however high their ids", async () => {
    const { store } = underTest;
    await resting(underTest, "run-1");
    await started(store, "run-2");
    for (let count = 0; count < 3; count++) await store.post(letter("run-2", "go"));
    expect(await readyIds()).toEqual([]);
  });

  test("a letter makes a run ready whose time is still to come, and one whose time has come stays ready", async () => {
    const { store } = underTest;
    await resting(underTest, "later", { wakeAtMs: NOON + 1 });
    await resting(underTest, "now", { wakeAtMs: NOON });
    for (const runId of ["later", "now"]) await store.post(letter(runId, "go"));
    expect(await readyIds()).toEqual(["now", "later"]);
    expect((await store.findRun("later"))?.wakeAtMs, "it still wakes when it did").toBe(NOON + 1);
  });

  test("a letter and the rest that come at the same time leave the run ready", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    await Promise.all([store.post(letter("run-1", "go")), store.commit({ lease, rows: [], rest: atRest("paused") })]);
    expect(await readyIds()).toEqual(["run-1"]);
  });

  restsThatSayNothing(underTest, readyIds);
}

function restsThatSayNothing(underTest: StoreUnderTest, readyIds: ReadyIds): void {
  test("a rest that does not say which letters the run has had leaves that as it was", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    const first = await store.post(letter("run-1", "a"));
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), lastLetter: first } });
    const second = await store.claimRun(claimOf("run-1"));
    await store.commit({ lease: second, rows: [], rest: { ...atRest("paused"), lastLetter: null } });
    expect(await readyIds()).toEqual([]);
    await store.post(letter("run-1", "b"));
    expect(await readyIds()).toEqual(["run-1"]);
    const third = await store.claimRun(claimOf("run-1"));
    await store.commit({ lease: third, rows: [], rest: { ...atRest("paused"), lastLetter: null } });
    expect(await readyIds(), "it has not had the second").toEqual(["run-1"]);
  });

  test("a run whose first rest says nothing of letters has had none", async () => {
    await underTest.store.post(letter((await started(underTest.store, "told")).runId, "go"));
    await started(underTest.store, "untold");
    for (const runId of ["told", "untold"]) {
      const lease = await underTest.store.claimRun(claimOf(runId));
      await underTest.store.commit({ lease, rows: [], rest: { ...atRest("paused"), lastLetter: null } });
    }
    expect(await readyIds()).toEqual(["told"]);
  });
}

function among(underTest: StoreUnderTest, readyIds: ReadyIds): void {
  test("ready runs are chosen by prefix, status and number like all others, newest first", async () => {
    for (const name of ["a-1", "b-1", "a-2", "b-2", "a-3"]) await resting(underTest, name, { wakeAtMs: name === "a-2" ? NOON + 1 : NOON });
    await started(underTest.store, "a-4");
    expect(await readyIds()).toEqual(["a-3", "b-2", "b-1", "a-1"]);
    expect(await readyIds({ prefix: "a" })).toEqual(["a-3", "a-1"]);
    expect(await readyIds({ prefix: "a", limit: 1 })).toEqual(["a-3"]);
    expect(await readyIds({ limit: 3 })).toEqual(["a-3", "b-2", "b-1"]);
    expect(await readyIds({ limit: 0 })).toEqual([]);
    expect(await readyIds({ status: "paused", limit: 2 })).toEqual(["a-3", "b-2"]);
    expect(await readyIds({ status: "stopped" }), "none is both").toEqual([]);
    expect(await readyIds({ prefix: "c" })).toEqual([]);
  });

  test("what is told of a ready run is its record", async () => {
    const { store } = underTest;
    await resting(underTest, "run-1", { wakeAtMs: NOON });
    expect(await store.listRuns({ ready: { atMs: NOON } })).toEqual([await store.findRun("run-1")]);
  });

  test("fifty are told of unless asked otherwise", async () => {
    for (let run = 0; run < 60; run++) await resting(underTest, `run-${run}`, { wakeAtMs: run });
    expect(await readyIds()).toEqual(Array.from({ length: 50 }, (_, index) => `run-${59 - index}`));
    expect(await readyIds({ limit: 100 })).toHaveLength(60);
  });
}
