import type { Clock } from "../base/clock.ts";
import type { ExecutorCore } from "../core/executor-core.ts";
import type { AbortReason } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { DriveLog } from "./drive-log.ts";
import type { Operations } from "./operations.ts";

/** Why a run came to rest. */
export type Rest =
  | { readonly kind: "ended"; readonly result: StepResult }
  | { readonly kind: "waiting" }
  | { readonly kind: "stopped"; readonly reason: AbortReason };

/** What a scheduler drives with. */
export interface SchedulerParts {
  /** The root's key. */
  readonly key: InstancePath;
  readonly core: ExecutorCore;
  readonly operations: Operations;
  readonly clock: Clock;
  /** Told the result of every frame right below the root, as it ends. */
  readonly onTopResult: (result: StepResult) => void;
  /** Told what is asked and how frames end; null where nobody listens. */
  readonly log: DriveLog | null;
  /** Only look at what is recorded: the run counts as stopped where the journal ends, and nothing is performed. */
  readonly isReading: boolean;
}
