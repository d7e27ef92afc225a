import type { ErrorCode } from "../base/errors.ts";
import { FlujoError } from "../base/errors.ts";
import type { Cost } from "../model/cost.ts";
import type { Failure } from "../model/failure.ts";
import type { Pause, RunCancelled, RunFailed, RunPaused, RunResult, RunStopped, RunSucceeded } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";
import type { Usage } from "../model/usage.ts";

/** What every result says, however the run ended. */
export interface ResultFacts {
  readonly runId: string;
  readonly pipeline: string;
  readonly steps: readonly StepResult[];
  readonly usage: Usage;
  readonly cost: Cost;
  readonly context: unknown;
}

/** How a run came to rest. */
export type Ending =
  | { readonly status: "succeeded"; readonly output: unknown; readonly continuedAs?: string }
  | { readonly status: "failed"; readonly failure: Failure }
  | { readonly status: "paused"; readonly pauses: readonly Pause[]; readonly wakeAtMs: number | null }
  | { readonly status: "cancelled"; readonly reason: string | null }
  | { readonly status: "stopped" };

/** The result a caller gets. `unwrap` is not enumerable, so that a result prints, compares and serialises as data. */
export function resultOf(facts: ResultFacts, ending: Ending): RunResult<unknown> {
  const result = { status: ending.status, ...facts, ...rest(ending) };
  Object.defineProperty(result, "unwrap", { value: () => unwrap(facts, ending), enumerable: false });
  return result as RunSucceeded<unknown> | RunFailed | RunPaused | RunCancelled | RunStopped;
}

function rest(ending: Ending): object {
  switch (ending.status) {
    case "succeeded":
      return ending.continuedAs === undefined ? { output: ending.output } : { output: ending.output, continuedAs: ending.continuedAs };
    case "failed":
      return { failure: ending.failure };
    case "paused":
      return { pauses: ending.pauses, wakeAtMs: ending.wakeAtMs };
    case "stopped":
      return { reason: "drain" };
    case "cancelled":
      return { reason: ending.reason };
  }
}

function unwrap(facts: ResultFacts, ending: Ending): unknown {
  const run = `Run ${facts.runId} of "${facts.pipeline}"`;
  switch (ending.status) {
    case "succeeded":
      return ending.output;
    case "failed":
      throw failureError(ending.failure, run);
    case "paused":
      throw new FlujoError("run_paused", `${run} waits for ${ending.pauses.map((pause) => pause.id).join(", ") || "time"}.`);
    case "cancelled":
      throw new FlujoError("cancelled", `${run} was cancelled${ending.reason === null ? "" : `: ${ending.reason}`}.`);
    case "stopped":
      throw new FlujoError("run_stopped", `${run} was stopped before its end.`);
  }
}

function failureError(failure: Failure, run: string): FlujoError<ErrorCode> {
  const { code, message, remedy } = failure;
  return new FlujoError(code, `${run} failed. ${message}`, { details: { failure }, ...(remedy === undefined ? {} : { remedy }) });
}
