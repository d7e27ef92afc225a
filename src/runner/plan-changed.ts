import { FlujoError } from "../base/errors.ts";
import type { Plan } from "../model/node.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { BindingChange } from "../plan/compare-bindings.ts";
import { changesBetween, describeChanges } from "../plan/compare.ts";

/** What differs between the code that a run began with and the code now loaded. */
export interface CodeDifference {
  readonly stored: Plan;
  readonly current: Plan;
  /** What the run is bound to and that is another now. */
  readonly changes: readonly BindingChange[];
}

const NOTHING_TO_BIND =
  'Resume with code that has it, or fork the run (`--fork`, `onCodeChange: "fork"`): the fork keeps what does not depend on it.';

/**
 * Refuses to go on with a run whose code has changed since, and says how it can be gone on with. `details.changes` are the
 * changes that count, what is missing first; `details.pinned` all other differences, which the run does not see.
 */
export function planChanged(record: RunRecord, { stored, current, changes }: CodeDifference): FlujoError {
  const missing = changes.filter(({ isMissing }) => isMissing);
  const told = [...missing, ...changes.filter(({ isMissing }) => !isMissing)].map(({ path, kind, says }) => ({ path, kind, says }));
  const counted = new Set(told.map(({ path, says }) => `${path}: ${says}`));
  const pinned = changesBetween(stored, current).filter(({ path, says }) => !counted.has(`${path}: ${says}`));
  const summary = `Run ${record.runId} began with another version of "${record.pipeline}": ${describeChanges(told)}.`;
  const details = { changes: told, pinned };
  return new FlujoError("plan_changed", summary, missing.length === 0 ? { details } : { details, remedy: NOTHING_TO_BIND });
}
