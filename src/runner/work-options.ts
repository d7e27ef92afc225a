import type { RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";

/** Why a run can be gone on with: its time has come or something was sent to it, it was parked, or its process is gone. */
export type ReadyBecause = "due" | "parked" | "interrupted";

/** What {@link Flujo.work} does, as it does it. */
export type WorkEvent =
  /** A run is gone on with: it was had, which only one of several workers can say of it. */
  | { readonly type: "taken-up"; readonly record: RunRecord; readonly because: ReadyBecause }
  /** It has come to rest: `result` is what came of it, or of the run that went on in its place. */
  | { readonly type: "at-rest"; readonly record: RunRecord; readonly result: RunResult<unknown> }
  /** It cannot be gone on with by this code, and is left as it was until its record changes. */
  | { readonly type: "left-alone"; readonly record: RunRecord; readonly error: unknown };

/** How {@link Flujo.work} goes about it. Everything has a default. */
export interface WorkOptions {
  /** Aborting it ends the work: nothing more is taken up, and what was taken up comes to rest. Closing the Flujo parks that instead. */
  readonly signal?: AbortSignal;
  /**
   * How often it looks for runs that can go on, in milliseconds. Too long: signals and runs whose process has died wait that
   * long; a moment that a run waits for is met to the millisecond either way. Too short: each look is a few questions to the
   * store, whose cost goes with the number of runs that are ready, parked or running. @defaultValue `1_000`
   */
  readonly pollMs?: number;
  /** Takes up what is ready now, and ends when that has come to rest. @defaultValue `false` */
  readonly once?: boolean;
  /** Told what it does. What it throws becomes a warning of the process. */
  readonly onRun?: (event: WorkEvent) => void;
}
