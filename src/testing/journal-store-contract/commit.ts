import { expect, test } from "vitest";
import type { Entry } from "../../model/entry.ts";
import { parseInstancePath } from "../../model/path.ts";
import type { Pause } from "../../model/run-result.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { StoreUnderTest } from "./fixture.ts";
import {
  atRest,
  cancelRequested,
  claimOf,
  codeAccepted,
  commit,
  decided,
  done,
  finished,
  refusalOf,
  rowsOf,
  runStarted,
  SAMPLE_TIME_MS,
  seqsOf,
  started,
  signalTaken,
} from "./samples.ts";

const PAUSE: Pause = {
  id: parseInstancePath("p/approve"),
  waitsFor: "answer",
  name: "approve",
  show: { draft: "Dear …" },
  answerSchema: { type: "object" },
  wakeAtMs: SAMPLE_TIME_MS + 60_000,
  sinceMs: SAMPLE_TIME_MS,
};

function oneOfEach(): readonly Entry[] {
  const base = (seq: number, key: string) => ({ seq, atMs: SAMPLE_TIME_MS + seq, key: parseInstancePath(key) });
  return [
    { ...runStarted("p"), model: "offline:extract" },
    {
      ...base(1, "p/a/turn[0]"),
      type: "operation-intended",
      op: "model",
      fingerprint: "f",
      idempotencyKey: "k",
      request: { messages: [] },
      requestHash: "h",
    },
    finished(2, "p/a/turn[0]", { answer: "long ".repeat(2_000) }),
    decided([3, "p/b"], [4, "p/c[1]"]),
    decided([5, "p/d"]),
    { ...base(6, "p/approve"), type: "wait-opened", waitsFor: "answer", name: "approve", fingerprint: "f", show: null, answerSchema: true },
    done(7, "p/b", 3),
    signalTaken(8, "p"),
    { ...finished(9, "p/nap", null), op: "sleep" },
    { ...finished(10, "p/hook", { paid: true }), op: "signal" },
    {
      ...base(11, "p/hook[1]"),
      type: "wait-opened",
      waitsFor: "signal",
      name: "hook",
      fingerprint: "f",
      show: null,
      answerSchema: { type: "object" },
      wakeAtMs: SAMPLE_TIME_MS + 60_000,
    },
    cancelRequested(12, "p", "the order was called off"),
    cancelRequested(13, "p"),
    codeAccepted(14, "p"),
    {
      ...base(15, "p"),
      type: "run-finished",
      end: { status: "succeeded", output: null, continuedAs: "run-2" },
      usage: NO_USAGE,
      cost: { kind: "exact", nanoUsd: 12 },
    },
  ];
}

export function commitContract(underTest: StoreUnderTest): void {
  test("entries of every kind come back as they were", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    for (const entry of oneOfEach()) await commit(store, lease, [entry]);
    expect(await store.entries({ runId: "run-1" })).toEqual(oneOfEach());
  });

  test("rows of one commit may come in any order, and are read in the order of seq", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    await commit(store, lease, [finished(3, "p/c"), decided([1, "p/a"], [2, "p/b"])]);
    expect(await seqsOf(store, "run-1")).toEqual([0, 2, 3]);
  });

  test("a seq is given once: asked for again, nothing of the commit is written", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p", "first")]);
    expect(await refusalOf(() => commit(store, lease, [finished(1, "p/a"), finished(0, "p", "second"), finished(2, "p/b")]))).toBe(
      "journal_diverged",
    );
    expect(await refusalOf(() => commit(store, lease, [finished(1, "p/a"), finished(2, "p/b"), finished(1, "p/c")]))).toBe(
      "journal_diverged",
    );
    expect(await store.entries({ runId: "run-1" })).toEqual([finished(0, "p", "first")]);
    await commit(store, lease, [finished(1, "p/a")]);
  });

  restContract(underTest);
}

function restContract(underTest: StoreUnderTest): void {
  test("a run comes to rest in the same step as its last rows", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    const rest = {
      ...atRest("paused"),
      pauses: [PAUSE],
      wakeAtMs: PAUSE.wakeAtMs,
      lastLetter: 7,
      usage: { ...NO_USAGE, modelCalls: 2 },
      cost: { kind: "exact", nanoUsd: 5 },
    } as const;
    await store.commit({ lease, rows: rowsOf(store, [finished(1, "p/a"), finished(2, "p/b")]), rest });
    const { atMs, lastLetter, ...changed } = rest;
    const record = await store.findRun("run-1");
    expect(record).toMatchObject({ ...changed, updatedAtMs: atMs, owner: null, epoch: 1 });
    expect(record, `the last letter (${lastLetter}) is the store's own to know`).not.toHaveProperty("lastLetter");
    expect(await seqsOf(store, "run-1")).toEqual([0, 1, 2]);
  });

  test("the last sums, pauses and time to wake stay on the record when the run is claimed again, until it rests again", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    const last = { pauses: [PAUSE], wakeAtMs: PAUSE.wakeAtMs, cost: { kind: "unknown" } } as const;
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), ...last } });
    const second = await store.claimRun(claimOf("run-1"));
    expect(await store.findRun("run-1")).toMatchObject({ status: "running", ...last });
    await store.commit({ lease: second, rows: [], rest: atRest("succeeded") });
    expect(await store.findRun("run-1")).toMatchObject({ status: "succeeded", pauses: [], wakeAtMs: null, cost: { kind: "free" } });
  });

  test("pauses that end by themselves say when, and those that do not say so", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    const pauses = [
      PAUSE,
      { ...PAUSE, id: parseInstancePath("p/nap"), waitsFor: "time", wakeAtMs: 0 },
      { ...PAUSE, wakeAtMs: null },
    ] as const;
    await store.commit({ lease, rows: [], rest: { ...atRest("paused"), pauses, wakeAtMs: 0 } });
    expect(await store.findRun("run-1")).toMatchObject({ pauses, wakeAtMs: 0 });
  });

  test("the record says when the run last moved", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    await commit(store, lease, [finished(7, "p/a")]);
    expect(await store.findRun("run-1")).toMatchObject({ createdAtMs: SAMPLE_TIME_MS, updatedAtMs: SAMPLE_TIME_MS + 7 });
  });
}
