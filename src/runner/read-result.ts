import { FlujoError } from "../base/errors.ts";
import type { RunRecord, RunRest } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import type { Performer } from "../runtime/performer.ts";
import type { LiveRunParts } from "./live-run.ts";
import { LiveRun } from "./live-run.ts";
import { PipelineContext } from "./pipeline-context.ts";
import type { RecordedRun } from "./recorded-run.ts";
import { readRecorded } from "./recorded-run.ts";

/** What every run of one Flujo is driven with. */
export type Engine = Pick<LiveRunParts, "core" | "store" | "clock" | "roundTrip">;

/** What came of a run, or how far it got, from its journal alone. */
export async function readResult(engine: Engine, record: RunRecord): Promise<RunResult<unknown>> {
  const live = await reading(engine, record, await readRecorded(engine.store, record.runId));
  return live.start().result;
}

/** The stored plan, to be driven over what is recorded, with nothing behind it that could do anything. */
export async function reading(engine: Engine, record: RunRecord, { started, entries }: RecordedRun): Promise<LiveRun> {
  const { runId, epoch } = record;
  const plan = await engine.store.planOf(runId);
  const { input, context } = started;
  const pipeline = new PipelineContext({ runId, input, context, reducers: plan.reducers });
  const onRecord = { input, entries, startedAtMs: started.atMs, answers: new Map(), before: restOf(record) };
  const nothing = { performer: NO_PERFORMER, onEvent: null, hooks: null, letters: [], checkSignal: null, continueAs: null, log: null };
  const only = { ...nothing, graceMs: 0, holdMs: 0, isReading: true };
  return new LiveRun({ ...engine, ...onRecord, ...only, lease: { runId, epoch }, plan, pipeline });
}

/** Stands where nothing may be performed. */
export const NO_PERFORMER: Performer = {
  intentOf: () => null,
  attemptEnded: () => undefined,
  release: () => undefined,
  perform: (op) => {
    throw new FlujoError("journal_diverged", `${op.key} is asked for while a finished run is only looked at.`);
  },
};

/** What the record says while nobody runs the run. One that lost its process waits for what it waited for, or counts as stopped. */
export function restOf({ status, pauses, wakeAtMs, usage, cost, updatedAtMs }: RunRecord): RunRest {
  const resting = pauses.length > 0 || wakeAtMs !== null ? "paused" : "stopped";
  return { status: status === "running" ? resting : status, pauses, wakeAtMs, lastLetter: null, usage, cost, atMs: updatedAtMs };
}
