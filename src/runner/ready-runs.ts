import type { JournalStore } from "../journal/port.ts";
import type { Owner, RunRecord } from "../model/run-record.ts";
import type { ReadyBecause } from "./work-options.ts";

/** A run that can be gone on with. */
export interface ReadyRun {
  readonly record: RunRecord;
  readonly because: ReadyBecause;
  /** From when on, in milliseconds since 1970. */
  readonly fromMs: number;
}

/** What is looked for. */
export interface Looking {
  readonly nowMs: number;
  /** Those that will be due by then are told of, too. */
  readonly untilMs: number;
  /** Who looks: of its own runs, some may be live and others left behind. */
  readonly self: Owner["instance"];
  readonly isRunning: (record: RunRecord) => boolean;
  readonly isWanted: (record: RunRecord) => boolean;
}

const ALL = Number.MAX_SAFE_INTEGER;

/** The runs that nobody goes on with and somebody could, now or soon; whoever could first stands first. */
export async function readyRuns(store: JournalStore, looking: Looking): Promise<readonly ReadyRun[]> {
  const { nowMs, untilMs, isWanted } = looking;
  const isDead = forgotten(looking);
  const due = await store.listRuns({ ready: { atMs: untilMs }, limit: ALL });
  const parked = await store.listRuns({ status: "stopped", limit: ALL });
  const running = await store.listRuns({ status: "running", limit: ALL });
  const found: ReadyRun[] = [];
  for (const record of due) if (isWanted(record)) found.push({ record, because: "due", fromMs: dueAt(record, { nowMs, untilMs }) });
  for (const record of parked) if (isWanted(record)) found.push({ record, because: "parked", fromMs: record.updatedAtMs });
  for (const record of running)
    if (isWanted(record) && isDead(record)) found.push({ record, because: "interrupted", fromMs: record.updatedAtMs });
  return found.sort((a, b) => a.fromMs - b.fromMs);
}

/** A run that is ready before its time, or has none, was sent something. */
function dueAt({ wakeAtMs, updatedAtMs }: RunRecord, { nowMs, untilMs }: Pick<Looking, "nowMs" | "untilMs">): number {
  return wakeAtMs === null || wakeAtMs > untilMs ? Math.min(updatedAtMs, nowMs) : wakeAtMs;
}

/** Whether nobody runs it any more. Each other owner is looked for once, however many runs it has. */
function forgotten({ isRunning, self }: Looking): (record: RunRecord) => boolean {
  const known = new Map<Owner["instance"], boolean>();
  return (record) => {
    const instance = record.owner?.instance ?? "";
    if (instance === self) return !isRunning(record);
    const before = known.get(instance);
    if (before !== undefined) return before;
    const isGone = !isRunning(record);
    known.set(instance, isGone);
    return isGone;
  };
}
