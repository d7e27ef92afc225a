import { rootPath } from "../../src/model/path.ts";
import { NO_DELAY } from "../../src/resilience/decide-retry.ts";
import { expect, test } from "vitest";
import { ExecutorCore } from "../../src/core/executor-core.ts";
import type { Op, Program } from "../../src/core/program.ts";
import { fork, perform } from "../../src/core/program.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { Entry } from "../../src/model/entry.ts";
import { parseInstancePath } from "../../src/model/path.ts";
import type { StepResult } from "../../src/model/step-result.ts";
import { Operations } from "../../src/runtime/operations.ts";
import { Replay } from "../../src/runtime/replay.ts";
import { RunJournal } from "../../src/runtime/run-journal.ts";
import { Scheduler } from "../../src/runtime/scheduler.ts";
import { ManualClock } from "../../src/testing/index.ts";

const RESULT = { status: "succeeded", output: null } as unknown as StepResult;

function opOf(name: string): Op {
  return {
    kind: "step",
    key: parseInstancePath(name),
    fingerprint: "f",
    name,
    node: { timeoutMs: null, effect: "none" },
    input: null,
    delay: NO_DELAY,
  } as unknown as Op;
}

function entryOf(name: string, seq: number): Entry {
  return {
    type: "operation-finished",
    seq,
    atMs: seq,
    key: parseInstancePath(name),
    op: "step",
    name,
    fingerprint: "f",
    startedAtMs: 0,
    outcome: { status: "succeeded", value: name },
  };
}

/** Drives a program of `count` concurrent operations over these entries; says who was resumed when, and what was performed. */
async function drive(count: number, recorded: Readonly<Record<string, number>>): Promise<readonly string[]> {
  const happened: string[] = [];
  function* one(index: number): Program<null> {
    yield* perform(opOf(`op${index}`));
    happened.push(`resumed op${index}`);
    return null;
  }
  function* all(): Program<StepResult> {
    yield* fork({ count, concurrency: count, start: one, stopsAfter: () => false });
    return RESULT;
  }
  const clock = new ManualClock();
  const store = memoryStore();
  const replay = new Replay(Object.entries(recorded).map(([name, seq]) => entryOf(name, seq)));
  const lease = await store.createRun(
    { runId: "r", plan: { name: "p", version: "1", hash: "h" } as never, source: null, owner: {} as never, createdAtMs: 0, lineage: null },
    [],
  );
  const journal = new RunJournal({ store, lease, nextSeq: 1_000, roundTrip: null, onEntries: null });
  const perform_ = (op: Op) => {
    happened.push(`performed ${op.name}`);
    return { status: "succeeded", value: null } as const;
  };
  const operations = new Operations({
    runId: "r",
    journal,
    replay,
    performer: { attemptEnded: () => undefined, release: () => undefined, intentOf: () => null, perform: perform_ },
    clock,
    answers: new Map(),
    onProgress: null,
    watch: null,
    onWait: null,
    graceMs: 0,
    holdMs: 0,
    onArrival: () => undefined,
  });
  const scheduler = new Scheduler({
    key: rootPath("p"),
    core: new ExecutorCore(),
    operations,
    clock,
    onTopResult: () => undefined,
    log: null,
    isReading: false,
  });
  expect(await scheduler.run(all())).toEqual({ kind: "ended", result: RESULT });
  return happened;
}

test("law 2, order: while replaying, of all pending operations the one with the lowest seq is delivered first, whatever the order they were asked in", async () => {
  expect(await drive(5, { op0: 40, op1: 10, op2: 50, op3: 20, op4: 30 })).toEqual([
    "resumed op1",
    "resumed op3",
    "resumed op4",
    "resumed op0",
    "resumed op2",
  ]);
});

test("law 2, order: it goes live only when nothing that is recorded is left to deliver", async () => {
  expect(await drive(4, { op3: 5, op1: 7 })).toEqual([
    "resumed op3",
    "resumed op1",
    "performed op0",
    "performed op2",
    "resumed op0",
    "resumed op2",
  ]);
});

test("law 2, order: a hundred thousand deliveries come in the order of seq", async () => {
  const count = 100_000;
  const seqOf = (index: number): number => ((index * 7_919) % count) + 1; // a permutation
  const recorded = Object.fromEntries(Array.from({ length: count }, (_, index) => [`op${index}`, seqOf(index)]));
  const happened = await drive(count, recorded);
  const seqs = happened.map((line) => seqOf(Number(line.slice("resumed op".length))));
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(seqs).toHaveLength(count);
});
