import type { Cost } from "./cost.ts";
import type { NodeKind } from "./node.ts";
import type { InstancePath } from "./path.ts";
import type { RunRecord } from "./run-record.ts";
import type { Pause, RunStatus } from "./run-result.ts";
import type { StepResult } from "./step-result.ts";
import type { Usage } from "./usage.ts";

/** Something that a run has begun and not ended, with nothing open inside it. */
export interface OpenNode {
  /** Where in the run: `triage/tickets[3]/classify`; of an agent, its call: `classify/turn[1]/tool[0]`. */
  readonly path: InstancePath;
  /** The node's name, or the tool's. */
  readonly name: string;
  /** The kind of node, or what an agent waits for: its `model` or a `tool`. */
  readonly kind: NodeKind | "model" | "tool";
  /** Since when, in milliseconds since 1970: when it was written down that it begins, else when its node was entered. */
  readonly sinceMs: number;
  /** Which attempt, from 1. */
  readonly attempt: number;
}

/** How a run stands at one moment, by its journal alone. */
export interface RunSnapshot {
  readonly record: RunRecord;
  /** As in the record. */
  readonly status: RunStatus;
  /** Whether some process that is still there runs it. */
  readonly isRunning: boolean;
  /** Where it stands: the innermost nodes that are in flight or wait; nothing once it has ended. */
  readonly frontier: readonly OpenNode[];
  /** What it waits for, oldest first. */
  readonly waits: readonly Pause[];
  /** The context as the steps right below the root have left it that have ended. */
  readonly context: unknown;
  /** Of everything recorded so far. */
  readonly usage: Usage;
  readonly cost: Cost;
  /** The steps right below the root that have ended, in the order they ran. */
  readonly steps: readonly StepResult[];
}
