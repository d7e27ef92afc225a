import { expect, test } from "vitest";
import { ContextState } from "../../src/core/context/context-state.ts";
import { ExecutionFrame } from "../../src/core/execution-frame.ts";
import { ExecutorCore } from "../../src/core/executor-core.ts";
import type { Program } from "../../src/core/program.ts";
import { call } from "../../src/core/program.ts";
import { runProgram } from "../../src/core/run-program.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { PlanNode } from "../../src/model/node.ts";
import { rootNodePath, rootPath } from "../../src/model/path.ts";
import type { StepResult } from "../../src/model/step-result.ts";
import { Operations } from "../../src/runtime/operations.ts";
import { Replay } from "../../src/runtime/replay.ts";
import { RunJournal } from "../../src/runtime/run-journal.ts";
import { Scheduler } from "../../src/runtime/scheduler.ts";
import { ManualClock } from "../../src/testing/index.ts";

const OPS = 20;

/** A sequence of steps under so many sequences, each of which holds the next one only. */
function nested(depth: number): PlanNode {
  const base = { path: rootNodePath("p"), fingerprint: "f" } as const;
  const steps = Array.from(
    { length: OPS },
    (_, index): PlanNode => ({
      ...base,
      kind: "step",
      name: `s${index}`,
      segment: `s${index}`,
      effect: "none",
      retry: null,
      timeoutMs: null,
      inDoubt: "retry",
    }),
  );
  let node: PlanNode = { ...base, kind: "sequence", name: "n", segment: "n", children: steps };
  for (let level = 1; level < depth; level++) node = { ...base, kind: "sequence", name: "n", segment: "n", children: [node] };
  return node;
}

/** Counts every resumption of a generator: the work that depth could multiply. */
class CountingCore extends ExecutorCore {
  resumptions = 0;

  override execute(frame: ExecutionFrame): Program<StepResult> {
    const program = super.execute(frame);
    const next = program.next.bind(program);
    program.next = (...value) => {
      this.resumptions++;
      return next(...value);
    };
    return program;
  }
}

async function drive(depth: number): Promise<{ readonly resumptions: number; readonly performed: number; readonly result: StepResult }> {
  const store = memoryStore();
  const lease = await store.createRun(
    { runId: "r", plan: { name: "p", version: "1", hash: "h" } as never, source: null, owner: {} as never, createdAtMs: 0, lineage: null },
    [],
  );
  let performed = 0;
  const performer = {
    attemptEnded: () => undefined,
    release: () => undefined,
    intentOf: () => null,
    perform: () => {
      performed++;
      return { status: "succeeded", value: performed } as const;
    },
  };
  const clock = new ManualClock();
  const journal = new RunJournal({ store, lease, nextSeq: 1, roundTrip: null, onEntries: null });
  const operations = new Operations({
    runId: "r",
    journal,
    replay: new Replay([]),
    performer,
    clock,
    answers: new Map(),
    onProgress: null,
    watch: null,
    onWait: null,
    graceMs: 0,
    holdMs: 0,
    onArrival: () => undefined,
  });
  const core = new CountingCore();
  const scheduler = new Scheduler({
    key: rootPath("p"),
    core,
    operations,
    clock,
    onTopResult: () => undefined,
    log: null,
    isReading: false,
  });
  const root = ExecutionFrame.root(nested(depth), { key: rootPath("p"), input: 0, context: ContextState.of({}, {}), atMs: 0 });
  const rest = await scheduler.run(runProgram(root));
  if (rest.kind !== "ended") throw new Error(`It came to rest as ${rest.kind}.`);
  return { resumptions: core.resumptions, performed, result: rest.result };
}

test("deep nesting: an operation costs the same number of resumptions at any depth, down to 5,000", async () => {
  const perLevel = 2; // once in, once out
  const shallow = await drive(1);
  for (const depth of [10, 1_000, 5_000]) {
    const deep = await drive(depth);
    expect(deep.performed).toBe(OPS);
    expect(deep.resumptions - shallow.resumptions, `at ${depth}`).toBe((depth - 1) * perLevel);
    expect(deep.result).toMatchObject({ status: "succeeded", output: OPS });
  }
});

test("deep nesting: 5,000 frames are entered without nesting anything in JavaScript's own stack", async () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 1_000;
  let deepest = 0;
  function* look(depth: number): Program<StepResult> {
    deepest = Math.max(deepest, (new Error().stack ?? "").split("\n").length);
    const node = nested(1);
    const frame = ExecutionFrame.root(node, { key: rootPath("p"), input: 0, context: ContextState.of({}, {}), atMs: 0 });
    return depth === 0 ? ({ status: "succeeded" } as unknown as StepResult) : yield* call(frame);
  }
  let left = 5_000;
  const core = new (class extends ExecutorCore {
    override execute(): Program<StepResult> {
      return look(left--);
    }
  })();
  const store = memoryStore();
  const lease = await store.createRun(
    { runId: "r", plan: { name: "p", version: "1", hash: "h" } as never, source: null, owner: {} as never, createdAtMs: 0, lineage: null },
    [],
  );
  const clock = new ManualClock();
  const journal = new RunJournal({ store, lease, nextSeq: 1, roundTrip: null, onEntries: null });
  const performer = {
    attemptEnded: () => undefined,
    release: () => undefined,
    intentOf: () => null,
    perform: () => ({ status: "succeeded", value: null }) as const,
  };
  const operations = new Operations({
    runId: "r",
    journal,
    replay: new Replay([]),
    performer,
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
    core,
    operations,
    clock,
    onTopResult: () => undefined,
    log: null,
    isReading: false,
  });
  expect(await scheduler.run(look(left--))).toMatchObject({ kind: "ended" });
  Error.stackTraceLimit = before;
  expect(left).toBe(-1);
  expect(deepest).toBeLessThan(60);
});
