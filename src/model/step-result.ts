import type { Json } from "../base/json.ts";
import type { Completed } from "./completed.ts";
import type { Cost } from "./cost.ts";
import type { Failure } from "./failure.ts";
import type { Patch } from "./patch.ts";
import type { InstancePath } from "./path.ts";
import type { Said } from "./said.ts";
import type { Usage } from "./usage.ts";

interface StepResultBase {
  readonly name: string;
  /** Where in the run: `triage/tickets[3]/classify`. */
  readonly path: InstancePath;
  /** How many attempts were made; 1 for what was never retried. */
  readonly attempts: number;
  /** Of every attempt, the failed ones included. */
  readonly usage: Usage;
  readonly cost: Cost;
  /** When it was entered, by the clock of the journal, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Milliseconds from there to its last outcome. */
  readonly latencyMs: number;
  /** What it wrote to the context. Empty unless it succeeded. */
  readonly writes: readonly Patch[];
  /** Facts about how it went: the key a branch took, how many items a map had. */
  readonly metadata: Readonly<Record<string, Json>>;
  /** What was done in it and has a compensation, whether it succeeded or not: a saga around it may have to undo that. Left out where there is none. */
  readonly completed?: readonly Completed[];
}

/** A node that gave an output. */
export interface StepSucceeded<Out = unknown> extends StepResultBase {
  readonly status: "succeeded";
  readonly output: Out;
  /** What agents in it said, where a loop around it has a `history`. Left out where there is nothing. */
  readonly said?: readonly Said[];
}

/** A node that did not. */
export interface StepFailed extends StepResultBase {
  readonly status: "failed";
  readonly failure: Failure;
}

/** What became of one node instance. The same after a resume as without one. */
export type StepResult<Out = unknown> = StepSucceeded<Out> | StepFailed;
