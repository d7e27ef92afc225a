import type { Op } from "../core/program.ts";
import type { InstancePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";

/** Told what a run asks and how its frames end, live or replayed, in the order in which it happens. Must not throw. */
export interface DriveLog {
  /** Everything that is asked, again whenever the run is driven again. */
  asked(op: Op): void;
  /** Everything that was entered and has come to an end. */
  frameEnded(key: InstancePath, result: StepResult): void;
}
