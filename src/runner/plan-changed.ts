import { FlujoError } from "../base/errors.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { PlanChange } from "../plan/compare.ts";
import { describeChanges } from "../plan/compare.ts";

/** Refuses to go on with a run whose program has changed since, and says how. */
export function planChanged(record: RunRecord, changes: readonly PlanChange[]): FlujoError {
  const summary = `Run ${record.runId} began with another version of "${record.pipeline}": ${describeChanges(changes)}.`;
  return new FlujoError("plan_changed", summary, { details: { changes } });
}
