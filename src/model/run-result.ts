import type { Json } from "../base/json.ts";
import type { Cost } from "./cost.ts";
import type { WaitKind } from "./entry.ts";
import type { Failure } from "./failure.ts";
import type { InstancePath } from "./path.ts";
import type { StepResult } from "./step-result.ts";
import type { Usage } from "./usage.ts";

/** Something a run waits for: a person's answer, a signal, a moment in time. */
export interface Pause {
  /** Names it for an answer: the instance path of the node that waits, or of the tool call that needs approval. */
  readonly id: InstancePath;
  readonly waitsFor: WaitKind;
  /** The node's name, or the tool's. */
  readonly name: string;
  /** What its author wants shown to the person. */
  readonly show: unknown;
  /** JSON Schema of the answer. */
  readonly answerSchema: Json;
  /** When it ends by itself, in milliseconds since 1970; null where it waits for as long as it takes. */
  readonly wakeAtMs: number | null;
  /** When the run began to wait for it, in milliseconds since 1970. */
  readonly sinceMs: number;
}

interface RunResultBase<Ctx> {
  readonly runId: string;
  readonly pipeline: string;
  /** The steps right below the root, in the order they ran. Everything below them: `flujo.entries(runId)`. */
  readonly steps: readonly StepResult[];
  readonly usage: Usage;
  readonly cost: Cost;
  /** The context as it was at the end. */
  readonly context: Ctx;
  /** The output. @throws {FlujoError} Where the run did not succeed: the failure's own code, `run_paused`, `run_stopped` or `cancelled`. */
  unwrap(): unknown;
}

/** It has an output. */
export interface RunSucceeded<Out, Ctx = unknown> extends RunResultBase<Ctx> {
  readonly status: "succeeded";
  readonly output: Out;
  /** The run that goes on in this one's place (`continueAs`): this one has no output of its own then, but null. */
  readonly continuedAs?: string;
  unwrap(): Out;
}

/** A step failed and nothing caught it. */
export interface RunFailed<Ctx = unknown> extends RunResultBase<Ctx> {
  readonly status: "failed";
  readonly failure: Failure;
  unwrap(): never;
}

/** It waits for answers, signals or time; the process may end, the run goes on when they come. */
export interface RunPaused<Ctx = unknown> extends RunResultBase<Ctx> {
  readonly status: "paused";
  readonly pauses: readonly Pause[];
  /** When it can go on by itself, in milliseconds since 1970, by `flujo.work` or a resume; null where it waits for answers alone. */
  readonly wakeAtMs: number | null;
  unwrap(): never;
}

/** It was called off (by its signal, `flujo.cancel` or a hook) and will not go on. */
export interface RunCancelled<Ctx = unknown> extends RunResultBase<Ctx> {
  readonly status: "cancelled";
  /** Why, in the words of whoever called it off; null where they said nothing. */
  readonly reason: string | null;
  unwrap(): never;
}

/** It was stopped from outside before its end (the process is closing, Ctrl-C) and can be resumed. */
export interface RunStopped<Ctx = unknown> extends RunResultBase<Ctx> {
  readonly status: "stopped";
  readonly reason: "drain";
  unwrap(): never;
}

/** What came of a run. `.output` is there only where `status` is `"succeeded"`; `.unwrap()` throws everywhere else. */
export type RunResult<Out, Ctx = unknown> = RunSucceeded<Out, Ctx> | RunFailed<Ctx> | RunPaused<Ctx> | RunCancelled<Ctx> | RunStopped<Ctx>;

/** The states a run can be in. `running` with a dead owner is an interrupted run: it can be resumed. */
export type RunStatus = "running" | RunResult<unknown>["status"];

/** Whether a run in this state never changes again. */
export function isTerminal(status: RunStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}
