import { FlujoError } from "../base/errors.ts";
import { coverOf } from "../journal/open-entries.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Entry, FrameDone, RunStarted, WaitOpened } from "../model/entry.ts";
import { isLate, tooLate } from "../model/in-time.ts";
import type { InstancePath } from "../model/path.ts";
import type { Pause } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";

/** What a run has on record, as far as a resume needs it. */
export interface RecordedRun {
  readonly started: RunStarted;
  readonly entries: readonly Entry[];
}

/** Reads what a resume needs; outputs that a done entry only points to are put back in their place. */
export async function readRecorded(store: JournalStore, runId: string): Promise<RecordedRun> {
  const entries = withoutCovered(await store.openEntries(runId));
  const started = entries[0];
  if (started?.type !== "run-started") throw new FlujoError("state_unreadable", `The journal of run ${runId} has lost its first entry.`);
  const pointing = entries.filter(
    (entry): entry is FrameDone & { outputAt: number } => entry.type === "frame-done" && entry.outputAt !== null,
  );
  if (pointing.length === 0) return { started, entries };
  const targets = await store.entriesAt(
    runId,
    pointing.map((entry) => entry.outputAt),
  );
  const outputs = new Map(targets.map((entry) => [entry.seq, outputOf(entry, runId)]));
  const outputAt = (seq: number): unknown => {
    if (outputs.has(seq)) return outputs.get(seq);
    throw new FlujoError("state_unreadable", `The journal of run ${runId} points to entry ${seq} for an output, and it is not there.`);
  };
  return {
    started,
    entries: entries.map((entry) =>
      entry.type === "frame-done" && entry.outputAt !== null ? withOutput(entry, outputAt(entry.outputAt)) : entry,
    ),
  };
}

/** A record of several decisions is open while one of them is; those whose frames are done go, since nobody will ask for them. */
function withoutCovered(entries: readonly Entry[]): readonly Entry[] {
  const dones = entries.filter((entry) => entry.type === "frame-done");
  if (dones.length === 0) return entries;
  const isCovered = coverOf(dones);
  return entries.map((entry) => {
    if (entry.type !== "decisions-made") return entry;
    const decisions = entry.decisions.filter((decision) => !isCovered(decision));
    return decisions.length === entry.decisions.length ? entry : { ...entry, decisions };
  });
}

function outputOf(entry: Entry, runId: string): unknown {
  if (entry.type === "operation-finished" && entry.outcome.status === "succeeded") return entry.outcome.value;
  throw new FlujoError("state_unreadable", `The journal of run ${runId} points to entry ${entry.seq} for an output, and there is none.`);
}

function withOutput(entry: FrameDone, output: unknown): FrameDone {
  const result: StepResult = entry.result.status === "succeeded" ? { ...entry.result, output } : entry.result;
  return { ...entry, result };
}

/** What the run has asked people and not been answered, oldest first; nothing once it has ended. */
function openWaits(entries: readonly Entry[]): readonly WaitOpened[] {
  if (entries.some(({ type }) => type === "run-finished")) return [];
  const finished = new Set(entries.filter((entry) => entry.type === "operation-finished").map((entry) => entry.key));
  return entries.filter((entry): entry is WaitOpened => entry.type === "wait-opened" && !finished.has(entry.key));
}

/** {@link openWaits}, as a result says them. */
export function openPausesOf({ entries }: RecordedRun): readonly Pause[] {
  return openWaits(entries).map(({ key, waitsFor, name, show, answerSchema, wakeAtMs = null, atMs }) => {
    return { id: key, waitsFor, name, show, answerSchema, wakeAtMs, sinceMs: atMs };
  });
}

/** Which pause of a run is meant. */
export interface WantedPause {
  readonly runId: string;
  /** Its id or its name; undefined for the only one. */
  readonly wanted: string | undefined;
  /** When the answer was given, in milliseconds since 1970: pauses whose time was over by then are not meant. */
  readonly atMs: number;
}

/**
 * The one thing that a run waits for and that is meant.
 *
 * @throws {FlujoError} `pause_not_found`, naming what there is, or saying that its time was over.
 */
export function pauseOf({ entries }: RecordedRun, { runId, wanted, atMs }: WantedPause): WaitOpened {
  const waits = openWaits(entries).filter(({ waitsFor }) => waitsFor !== "time");
  const fitting = wanted === undefined ? waits : waits.filter((wait) => wait.key === wanted || wait.name === wanted);
  const [first, second] = fitting.filter((wait) => !isLate(atMs, wait));
  if (first !== undefined && second === undefined) return first;
  const [late] = fitting;
  if (first === undefined && late !== undefined) throw tooLate(runId, late);
  if (waits.length === 0) throw new FlujoError("pause_not_found", `Run ${runId} waits for nothing.`);
  const pauses = waits.map((wait) => wait.key);
  const summary = `Run ${runId} ${misfit(wanted, first !== undefined)}; it waits for ${pauses.join(", ")}.`;
  throw new FlujoError("pause_not_found", summary, { remedy: "Name one of them.", details: { pauses } });
}

/** Of these keys, one that the run does not wait at any more; null where it waits at all of them. */
export function answeredMeanwhile({ entries }: RecordedRun, keys: Iterable<InstancePath>): InstancePath | null {
  const open = new Set(openWaits(entries).map((wait) => wait.key));
  for (const key of keys) if (!open.has(key)) return key;
  return null;
}

/** What whoever has an answer is told where nothing waits for it any more: why that is, as far as the journal says so. */
export async function waitsNoMore(store: JournalStore, runId: string, key: InstancePath): Promise<FlujoError> {
  const entries = (await store.entries({ runId })).filter((entry) => entry.key === key);
  const wait = entries.find((entry) => entry.type === "wait-opened");
  const outcome = entries.find((entry) => entry.type === "operation-finished")?.outcome;
  const isOver = outcome?.status === "failed" && outcome.failure.code === "timeout";
  if (isOver && wait?.wakeAtMs !== undefined) return tooLate(runId, wait);
  const why = outcome?.status === "succeeded" ? ": somebody else has answered" : "";
  return new FlujoError("pause_not_found", `Run ${runId} does not wait at ${key} any more${why}.`);
}

function misfit(wanted: string | undefined, isAmbiguous: boolean): string {
  if (wanted === undefined) return "waits for several things";
  return isAmbiguous ? `waits for "${wanted}" in several places` : `does not wait for "${wanted}"`;
}
