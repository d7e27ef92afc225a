import type { Json } from "../base/json.ts";
import type { Recorded } from "../model/entry.ts";
import type { AbortReason, Failure } from "../model/failure.ts";
import type { AgentNode, HumanNode, PlanNode, StepNode, ToolSpec } from "../model/node.ts";
import type { InstancePath, NodePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ModelTurn, ToolCall, TranscriptItem } from "../model/transcript.ts";
import type { ContextState } from "./context/context-state.ts";
import type { ExecutionFrame } from "./execution-frame.ts";

/** What every operation says of itself. `key` is where its outcome is journalled, and `fingerprint` what it asks. */
interface OpBase {
  readonly key: InstancePath;
  readonly fingerprint: string;
  /** The name of the node or tool, for people. */
  readonly name: string;
}

/** Call a function step. */
export interface StepOp extends OpBase {
  readonly kind: "step";
  readonly node: StepNode;
  readonly input: unknown;
  readonly context: ContextState;
  readonly attempt: number;
  /** Wait this long before starting, in milliseconds. */
  readonly delayMs: number;
  /** Why the attempt before this one failed; null on the first. */
  readonly feedback: Failure | null;
}

/** Ask a user function in a control position. */
export interface DecideOp extends OpBase {
  readonly kind: "decide";
  readonly node: NodePath;
  /** `key`: which branch; `show`: what a person sees; `context`: does the merged context fit its schema. */
  readonly about: "key" | "show" | "context";
  readonly value: unknown;
  readonly context: ContextState;
}

/** Call a model, once. */
export interface ModelOp extends OpBase {
  readonly kind: "model";
  readonly node: AgentNode;
  /** The agent's own input: the first user message is made of it. */
  readonly input: unknown;
  /** What was said since the input, oldest first. */
  readonly transcript: readonly TranscriptItem[];
  /** The key of the model call before this one, and what the transcript has that no outcome since then holds. */
  readonly request: { readonly after: InstancePath | null; readonly added: Json };
  readonly attempt: number;
  readonly delayMs: number;
}

/** Run a tool. */
export interface ToolOp extends OpBase {
  readonly kind: "tool";
  readonly node: AgentNode;
  readonly tool: ToolSpec;
  readonly call: ToolCall;
  readonly context: ContextState;
  readonly attempt: number;
  readonly delayMs: number;
}

/** Wait for a person. */
export interface HumanOp extends OpBase {
  readonly kind: "human";
  readonly node: HumanNode;
  readonly show: unknown;
}

/** What a program asks the runtime to do. Plain data: two runs that ask the same question hold equal Ops. */
export type Op = StepOp | DecideOp | ModelOp | ToolOp | HumanOp;

/** What comes back: the very entry that was, or will be, journalled. Live or replayed makes no difference. */
export interface Outcome<T = unknown> {
  readonly atMs: number;
  readonly outcome: Recorded<T>;
}

/** The outcome an operation has, by its kind. */
export type OutcomeOf<O extends Op> = O extends ModelOp ? Outcome<ModelTurn> : Outcome;

/** Enter a child frame. The scheduler pushes its program on the fibre's own stack; nothing is nested in JavaScript's. */
export interface CallControl {
  readonly kind: "call";
  readonly frame: ExecutionFrame<PlanNode>;
}

/** Run several programs at the same time. Lazy: a program is started when there is room for it. */
export interface ForkControl {
  readonly kind: "fork";
  readonly count: number;
  readonly concurrency: number;
  readonly start: (index: number) => Program<unknown>;
  /** Once this is true of a result, no further program starts and those under way are cancelled (`lost-race`). */
  readonly stopsAfter: (result: never) => boolean;
}

/** What only the scheduler acts on; never journalled as such. */
export type Control = CallControl | ForkControl;

/**
 * A program of operations: yields what it wants done, receives what came of it, returns its result. Holds no promise,
 * clock, random number or user function, so the same outcomes always make it ask for the same next thing.
 */
export type Program<T> = Generator<Op | Control, T, unknown>;

/** The one cast of the core: what a program is resumed with is what it asked for. The scheduler keeps that promise. */
function* ask<T>(wanted: Op | Control): Program<T> {
  return (yield wanted) as T;
}

/** Has the runtime perform an operation. */
export function perform<O extends Op>(op: O): Program<OutcomeOf<O>> {
  return ask(op);
}

/** Runs a child frame to its end. The only way into another node. */
export function call(frame: ExecutionFrame<PlanNode>): Program<StepResult> {
  return ask({ kind: "call", frame });
}

/** What {@link fork} takes. */
export interface Fork<T> {
  readonly count: number;
  readonly concurrency: number;
  readonly start: (index: number) => Program<T>;
  readonly stopsAfter: (result: T) => boolean;
}

/** Runs programs at the same time; results by index, `undefined` for those never started. */
export function fork<T>(wanted: Fork<T>): Program<readonly (T | undefined)[]> {
  return ask({ kind: "fork", ...wanted });
}

/** The failure an operation gets that was told to stop and whose stop counts as an outcome. */
export function abortedFailure(path: InstancePath, reason: AbortReason): Failure {
  if (reason === "timeout") return { code: "timeout", message: `${path} took too long.`, path, retryable: true };
  return { code: "cancelled", message: `${path} was cancelled (${reason}).`, path, retryable: false, details: { reason } };
}
