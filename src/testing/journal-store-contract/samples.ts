import { FlujoError } from "../../base/errors.ts";
import type { ClaimRequest, JournalRow, JournalStore, RunLease } from "../../journal/port.ts";
import type {
  CancelRequested,
  CodeAccepted,
  Decision,
  DecisionsMade,
  Entry,
  FrameDone,
  OperationFinished,
  RunStarted,
  SignalTaken,
} from "../../model/entry.ts";
import type { Plan } from "../../model/node.ts";
import { parseInstancePath, rootNodePath } from "../../model/path.ts";
import type { NewRun, Owner, RunRest } from "../../model/run-record.ts";
import { FREE } from "../../model/cost.ts";
import { NO_USAGE } from "../../model/usage.ts";

/** When the samples happen: entry `seq` at this time plus `seq`. */
export const SAMPLE_TIME_MS = Date.UTC(2030, 0, 1);

export function ownerCalled(instance: string): Owner {
  return { host: "sample-host", bootId: "sample-boot", pid: 4711, processStart: "100", instance };
}

export function planCalled(name: string): Plan {
  const root = { kind: "step", name, path: rootNodePath(name) } as unknown as Plan["root"]; // a store never looks inside
  return { format: 1, name, version: "1.0.0", root, reducers: {}, code: {}, hash: `hash of ${name}` };
}

export function runCalled(runId: string, plan: Plan = planCalled("sample")): NewRun {
  return { runId, plan, source: null, owner: ownerCalled("first"), createdAtMs: SAMPLE_TIME_MS, lineage: null };
}

export function runStarted(key: string): RunStarted {
  return {
    type: "run-started",
    seq: 0,
    atMs: SAMPLE_TIME_MS,
    key: parseInstancePath(key),
    input: { text: "hello" },
    context: null,
    model: null,
    thread: null,
  };
}

export function finished(seq: number, key: string, value: unknown = seq): OperationFinished {
  const atMs = SAMPLE_TIME_MS + seq;
  return {
    type: "operation-finished",
    seq,
    atMs,
    key: parseInstancePath(key),
    op: "step",
    name: "sample",
    fingerprint: "f",
    startedAtMs: atMs,
    outcome: { status: "succeeded", value },
  };
}

export function signalTaken(seq: number, key: string): SignalTaken {
  const at = { seq, atMs: SAMPLE_TIME_MS + seq, key: parseInstancePath(key) };
  return { ...at, type: "signal-taken", letter: 3, name: "approve", pause: parseInstancePath(`${key}/approve`), problem: null };
}

export function cancelRequested(seq: number, key: string, reason = ""): CancelRequested {
  return { seq, atMs: SAMPLE_TIME_MS + seq, key: parseInstancePath(key), type: "cancel-requested", reason };
}

export function codeAccepted(seq: number, key: string): CodeAccepted {
  const at = { seq, atMs: SAMPLE_TIME_MS + seq, key: parseInstancePath(key) };
  return { ...at, type: "code-accepted", changes: [`${key}/a: its function is another`], code: { [`${key}/a`]: "version 2" } };
}

export function done(seq: number, key: string, fromSeq: number): FrameDone {
  const path = parseInstancePath(key);
  const result = {
    name: "sample",
    path,
    attempts: 1,
    usage: NO_USAGE,
    cost: FREE,
    startedAtMs: SAMPLE_TIME_MS,
    latencyMs: 0,
    writes: [],
    metadata: {},
    status: "succeeded",
    output: null,
  } as const;
  return { type: "frame-done", seq, atMs: SAMPLE_TIME_MS + seq, key: path, fingerprint: "f", fromSeq, result, outputAt: null };
}

/** As late as its last decision, with the key of its first, as the runtime writes it. */
export function decided(...places: readonly (readonly [seq: number, key: string])[]): DecisionsMade {
  const decisions = places.map(
    ([seq, key]): Decision => ({
      seq,
      key: parseInstancePath(key),
      fingerprint: "f",
      atMs: SAMPLE_TIME_MS + seq,
      outcome: { status: "succeeded", value: true },
    }),
  );
  const seq = Math.max(...places.map(([at]) => at));
  return { type: "decisions-made", seq, atMs: SAMPLE_TIME_MS + seq, key: parseInstancePath(places[0]?.[1] ?? "none"), decisions };
}

export function atRest(status: RunRest["status"]): RunRest {
  return { status, pauses: [], wakeAtMs: null, lastLetter: 0, usage: NO_USAGE, cost: FREE, atMs: SAMPLE_TIME_MS + 1_000_000 };
}

export function claimOf(runId: string, more: Partial<ClaimRequest> = {}): ClaimRequest {
  return { runId, owner: ownerCalled("second"), atMs: SAMPLE_TIME_MS + 500, isAlive: () => false, ...more };
}

export function rowsOf(store: JournalStore, entries: readonly Entry[]): readonly JournalRow[] {
  return entries.map((entry) => store.record(entry));
}

/** A run with these entries, and the lease of its owner. */
export async function started(store: JournalStore, runId: string, entries: readonly Entry[] = []): Promise<RunLease> {
  return store.createRun(runCalled(runId), rowsOf(store, entries));
}

export async function commit(store: JournalStore, lease: RunLease, entries: readonly Entry[]): Promise<void> {
  await store.commit({ lease, rows: rowsOf(store, entries) });
}

export async function seqsOf(store: JournalStore, runId: string): Promise<readonly number[]> {
  return (await store.entries({ runId })).map(({ seq }) => seq);
}

/** How often each outcome is among them: of refusals that come in no order; `granted` where there was none. */
export function countsOf(refusals: readonly (string | null)[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const refusal of refusals) counts[refusal ?? "granted"] = (counts[refusal ?? "granted"] ?? 0) + 1;
  return counts;
}

/** The code of the FlujoError that it throws, at once or later; null where it throws none. */
export async function refusalOf(work: () => unknown): Promise<string | null> {
  return (await errorOf(work))?.code ?? null;
}

/** The FlujoError that it throws, at once or later; null where it throws none. */
export async function errorOf(work: () => unknown): Promise<FlujoError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
}
