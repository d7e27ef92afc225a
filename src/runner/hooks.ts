import type { Json } from "../base/json.ts";
import type { Cost } from "../model/cost.ts";
import type { OpKind } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { NodeKind } from "../model/node.ts";
import type { InstancePath } from "../model/path.ts";
import type { Pause, RunResult } from "../model/run-result.ts";
import type { FinishReason, ToolCall, TranscriptItem } from "../model/transcript.ts";
import type { Usage } from "../model/usage.ts";

/** What every hook is told, and what it can do. Nothing in it may be changed: steps hold the same values. */
export interface HookEvent {
  readonly runId: string;
  /** The name of the outermost program. */
  readonly pipeline: string;
  /**
   * Calls the run off: what is in flight is told to stop through its signal, what was about to start does not start, and
   * the run ends as `cancelled`. The reason is in its result and in its journal. The first reason counts; after the end of
   * the run it does nothing.
   */
  readonly abort: (reason: string) => void;
}

/** This process begins to work on a run. */
export interface RunStartEvent extends HookEvent {
  readonly input: unknown;
  /** Whether it goes on with what was begun before: in another process, or before a pause. */
  readonly isResumed: boolean;
}

/** The run has come to rest: it has ended, or waits, or was stopped. Told after all of it is on record. */
export interface RunEndEvent extends HookEvent {
  /** Null where it could not go on at all. */
  readonly result: RunResult<unknown> | null;
  /** Why it could not go on (`lease_lost`, `journal_diverged`, a store that refuses writes); null where there is a result. */
  readonly error: unknown;
  /** Milliseconds since this process began to work on it. */
  readonly latencyMs: number;
}

/** What is told of a node: a step, an agent, a person's answer, or a composite of such. */
export interface StepEvent extends HookEvent {
  /** Where in the run: `triage/tickets[3]/classify`. */
  readonly path: InstancePath;
  readonly name: string;
  readonly kind: NodeKind;
  readonly input: unknown;
}

/** A node begins. */
export interface StepStartEvent extends StepEvent {
  /** Whether it was open when this process took the run over: it may have begun before. */
  readonly isResumed: boolean;
}

/** A node has ended. */
export interface StepEndEvent extends StepEvent {
  readonly status: "succeeded" | "failed";
  /** Undefined where it failed. */
  readonly output: unknown;
  /** Null where it succeeded. */
  readonly failure: Failure | null;
  readonly attempts: number;
  /** Of all attempts, and of everything below it. */
  readonly usage: Usage;
  readonly cost: Cost;
  /** Milliseconds by the clock of the journal. */
  readonly latencyMs: number;
}

/** What is told of one call of a model: each attempt is one. */
export interface ModelEvent extends HookEvent {
  readonly path: InstancePath;
  /** The agent's name. */
  readonly name: string;
  /** `provider:model`, or the label of a model object. */
  readonly model: string;
  readonly attempt: number;
  /** `turn`: the agent asks; `summary`: a conversation that has become too long is summarised. */
  readonly asks: "turn" | "summary";
}

/** A model is about to be called. */
export interface ModelStartEvent extends ModelEvent {
  readonly instructions: string;
  /** The agent's input. */
  readonly input: unknown;
  /** What was said since the input. */
  readonly transcript: readonly TranscriptItem[];
  /** The names of the tools it may call. */
  readonly tools: readonly string[];
}

/** A call of a model has come to its end. */
export interface ModelEndEvent extends ModelEvent {
  /** Null where the call failed. */
  readonly finish: FinishReason | null;
  /** What the model wrote; null where the call failed. */
  readonly text: string | null;
  readonly toolCalls: readonly ToolCall[];
  /** Null where the call succeeded. An answer that cannot be used is no failure of the call: {@link Hooks.onFailure} tells it where it is tried again. */
  readonly failure: Failure | null;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly latencyMs: number;
}

/** What is told of one call of a tool: each attempt is one. A program that is called as a tool is told as a step instead. */
export interface ToolEvent extends HookEvent {
  readonly path: InstancePath;
  /** The tool's name. */
  readonly name: string;
  readonly agent: string;
  readonly attempt: number;
  /** The arguments. */
  readonly input: unknown;
}

/** A tool is about to run. */
export interface ToolStartEvent extends ToolEvent {
  /** The model's own id of the call; not unique in a run. */
  readonly callId: string;
}

/** A tool has run. */
export interface ToolEndEvent extends ToolEvent {
  /** Undefined where it failed. */
  readonly output: unknown;
  /** Null where it succeeded. */
  readonly failure: Failure | null;
  readonly latencyMs: number;
}

/** Something failed: an attempt of a step, a model call or a tool, or a node by itself. Each failure is told once, where it arises. */
export interface FailureEvent extends HookEvent {
  readonly path: InstancePath;
  readonly name: string;
  readonly kind: Exclude<OpKind, "decide"> | NodeKind;
  /** 1 for the first; of a node that failed by itself, how many it has had. */
  readonly attempt: number;
  readonly failure: Failure;
  /** Whether it will be tried again. Where not: a tool's failure may still be told to the model, a branch's be ignored. */
  readonly willRetry: boolean;
}

/** The run begins to wait: for a person, a signal or a moment (`waitsFor` says which). */
export interface PauseEvent extends HookEvent {
  /** Where it waits: what an answer or a signal names. */
  readonly path: InstancePath;
  readonly name: string;
  /** `answer`: to a human step; `approval`: of a tool call. */
  readonly waitsFor: Pause["waitsFor"];
  readonly show: unknown;
  /** JSON Schema of the answer. */
  readonly answerSchema: Json;
}

/**
 * Functions that are called while a run goes on, at once and in the order of what happens, so that they can also stop it.
 * To look on from outside, events (`flujo.stream`, `onEvent`) are the better way: those come after the commit.
 *
 * They are called for what happens here and now, never for what a resume replays. A `…Start` that was told is followed by
 * its `…End`, unless the process ends or the run is parked. What a hook throws, and a promise of its that is rejected,
 * becomes a warning of the process (`FlujoWarning`), one per hook and run, and changes nothing; its promises are not
 * waited for, but what it does before it returns holds the run up.
 *
 * @example
 * ```ts
 * import { Flujo, type Hooks, step } from "flujo";
 * const timing: Hooks = { onStepEnd: ({ path, latencyMs }) => console.log(path, latencyMs) };
 * const guard: Hooks = {
 *   onToolStart({ name, abort }) {
 *     if (name === "deleteAll") abort("nobody may do that");
 *   },
 * };
 * const flujo = new Flujo({ hooks: [timing, guard] });
 * await flujo.run(step("double", (n: number) => n * 2), 21);
 * ```
 */
export interface Hooks {
  onRunStart?(event: RunStartEvent): unknown;
  onRunEnd?(event: RunEndEvent): unknown;
  onStepStart?(event: StepStartEvent): unknown;
  onStepEnd?(event: StepEndEvent): unknown;
  onModelStart?(event: ModelStartEvent): unknown;
  onModelEnd?(event: ModelEndEvent): unknown;
  onToolStart?(event: ToolStartEvent): unknown;
  onToolEnd?(event: ToolEndEvent): unknown;
  onFailure?(event: FailureEvent): unknown;
  onPause?(event: PauseEvent): unknown;
}

/** The names that hooks have. */
export type HookName = keyof Hooks;

/** What a hook of this name is told. */
export type HookEventOf<N extends HookName> = Parameters<NonNullable<Hooks[N]>>[0];
