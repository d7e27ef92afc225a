import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { Op } from "../core/program.ts";
import type { Recorded } from "../model/entry.ts";
import type { Pause } from "../model/run-result.ts";
import type { StepResult } from "../model/step-result.ts";

/**
 * Told what a run does here and now, in the very turn in which it does it, and nothing of what is only replayed. Must not
 * throw and must not drive the run; it may call it off, and what was about to start then does not.
 */
export interface LiveWatch {
  /** A node begins. `isResumed`: it was open when this process took the run over, and may have begun before. */
  stepStarts(frame: ExecutionFrame, isResumed: boolean): void;
  /** A node ends whose beginning was told. */
  stepEnded(frame: ExecutionFrame, result: StepResult): void;
  /** An operation is about to be handed to its performer. */
  operationStarts(op: Op): void;
  /** An operation whose start was told has this outcome. */
  operationEnded(op: Op, outcome: Recorded, latencyMs: number): void;
}

/** Told that a run waits for a person. `isNew`: it did not before this process took it over. */
export type WaitListener = (pause: Pause, isNew: boolean) => void;
