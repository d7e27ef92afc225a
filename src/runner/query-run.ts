import { openEntriesOf } from "../journal/open-entries.ts";
import type { Entry } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { RunRecord } from "../model/run-record.ts";
import { isTerminal } from "../model/run-result.ts";
import type { OpenNode, RunSnapshot } from "../model/run-snapshot.ts";
import type { OpenOperation } from "../runtime/frontier.ts";
import type { Engine } from "./read-result.ts";
import { reading } from "./read-result.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { openPausesOf, readRecorded } from "./recorded-run.ts";

/** Looks at how a run stands, without touching it: its stored plan is driven over what is open in its journal. */
export async function queryRun(engine: Engine, { record, isRunning }: Pick<RunSnapshot, "record" | "isRunning">): Promise<RunSnapshot> {
  const recorded = await readRecorded(engine.store, record.runId);
  // While somebody writes, a frame may have ended between the store's answers: what it covers is left out here again.
  const entries = openEntriesOf(recorded.entries);
  const live = await reading(engine, record, { ...recorded, entries });
  const { steps, usage, cost, context } = await live.start().result;
  const isOver = isTerminal(record.status);
  const frontier = isOver ? [] : openNodes(live.frontier, beginningsIn(entries));
  return {
    record,
    status: record.status,
    isRunning,
    frontier,
    waits: isOver ? [] : waitsOf(record, { ...recorded, entries }),
    context,
    usage,
    cost,
    steps,
  };
}

/** A run at rest says it itself; of one that goes on the journal does. */
function waitsOf({ status, pauses }: RunRecord, recorded: RecordedRun): RunSnapshot["waits"] {
  return status === "paused" ? pauses : openPausesOf(recorded);
}

/** When it was written down that something begins, by its key. */
function beginningsIn(entries: readonly Entry[]): ReadonlyMap<InstancePath, number> {
  const begun = new Map<InstancePath, number>();
  for (const { type, key, atMs } of entries) if (type === "wait-opened" || type === "operation-intended") begun.set(key, atMs);
  return begun;
}

function openNodes(operations: readonly OpenOperation[], begun: ReadonlyMap<InstancePath, number>): readonly OpenNode[] {
  const nodes = new Map<InstancePath, OpenNode>();
  for (const operation of operations) {
    const node = openNodeOf(operation);
    if (node !== null && !nodes.has(node.path)) nodes.set(node.path, { ...node, sinceMs: begun.get(node.path) ?? node.sinceMs });
  }
  return [...nodes.values()];
}

/** What a node asks about itself is the node; a time limit runs beside what it limits, and is nobody's place. */
function openNodeOf({ op, frame }: OpenOperation): OpenNode | null {
  const { node, key, enteredAtMs: sinceMs } = frame;
  switch (op.kind) {
    case "step":
    case "model":
    case "tool":
      return { path: op.key, name: op.name, kind: op.kind, sinceMs, attempt: op.attempt };
    case "human":
    case "signal":
    case "decide":
      return op.kind !== "decide" && op.waitsFor === "approval"
        ? { path: op.key, name: op.name, kind: "tool", sinceMs, attempt: 1 }
        : { path: key, name: node.name, kind: node.kind, sinceMs, attempt: Math.max(1, frame.attempt) };
    case "sleep":
      if (op.waitsFor === "deadline" && !op.key.endsWith("/?delay")) return null;
      return { path: key, name: node.name, kind: node.kind, sinceMs, attempt: Math.max(1, frame.attempt) };
  }
}
