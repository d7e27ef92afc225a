import type { Json } from "../base/json.ts";
import type { Recorded, WaitKind } from "../model/entry.ts";
import type { AbortReason, Failure } from "../model/failure.ts";
import type { AgentNode, PlanNode, StepNode, ToolSpec } from "../model/node.ts";
import type { ToolChoice } from "../model/model-settings.ts";
import type { InstancePath, NodePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { ModelTurn, ToolCall, TranscriptItem } from "../model/transcript.ts";
import type { Delay } from "../resilience/decide-retry.ts";
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
  /** Wait this long before starting. */
  readonly delay: Delay;
  /** Why the attempt before this one failed; null on the first. */
  readonly feedback: Failure | null;
}

/**
 * What is decided:
 *
 * - `key`: which branch; `show`: what a person sees; `context`: does the merged context fit its schema;
 * - `route`: which branches, as a name, a list of names or `{ routes }`;
 * - of a machine: `guard`: whether a transition is taken (`detail`: `{ rule, hops }`, which rule it is of, from 0);
 * - of a loop: `until`: is it enough; `next`: the next input; `output`: what the loop gives;
 * - of a refine: `accept`: what a check means, as a verdict (`detail`: `{ input, artifact, iteration }`);
 * - of a search: `screen`: what its functions say of the states in `value` (`detail`: a `ScreenDetail`);
 * - of what was written at the same time: `contributions`: what fields with a reducer of the author's own become of those in `value`;
 * - of what runs at the same time: `reduce`: the output that is made of all results, which are the value (`detail`: `{ input }`);
 * - of a wait: `wake`: when it ends, in ms since 1970;
 * - of a nested program: `enter`: the context it begins with; `leave`: the patches of the outer one when it has ended;
 * - of a cache: `cacheKey`: what stands for the input; `recall`: what is kept of it, as a `Recalled`; `keep`: that an outcome
 *   is kept, or why it is not (`detail`: a `CacheDetail`);
 * - of a program in the background: `spawn`: the id of the run that was started on `value`;
 * - of a policy: `plugin`: what a plugin makes of an output (`detail`: `{ plugin, input, attempt, redirected }`);
 *   `retryOn`: whether `value`, a failure, is tried again; `validate`: what a validator, named in `detail`,
 *   says of an output; `failed`: that a function is told of a failure; `default`: what is given in place of a failure;
 * - of an agent: `instructions`: what its model is told; `tools`: what its tool servers offer (`value` is the hash of
 *   what it knows; null is the answer where that has not changed); `arguments`: what a tool's schema makes of
 *   `{ tool, input }`; `approval`: whether a person must agree to `{ tool, input }`; `history`: what of its thread's
 *   conversation it is given; `remember`: that an exchange is kept in the thread;
 *   `asked`: what it was asked, as an item of its conversation, for the iterations to come of a loop with a history;
 *   `prompt`: what its prompt processors make
 *   of the instructions and of the input (`detail`: `{ instructions, processors }`); `processed`: what its output processors
 *   make of its output (`detail`: `{ input, processors }`).
 */
export type DecisionAbout =
  | "key"
  | "route"
  | "guard"
  | "show"
  | "context"
  | "contributions"
  | "until"
  | "next"
  | "output"
  | "accept"
  | "reduce"
  | "screen"
  | "wake"
  | "enter"
  | "leave"
  | "cacheKey"
  | "recall"
  | "keep"
  | "spawn"
  | "retryOn"
  | "plugin"
  | "validate"
  | "failed"
  | "default"
  | "instructions"
  | "prompt"
  | "processed"
  | "tools"
  | "arguments"
  | "approval"
  | "history"
  | "asked"
  | "remember";

/** Ask a user function, or another source outside the program, in a control position. */
export interface DecideOp extends OpBase {
  readonly kind: "decide";
  readonly node: NodePath;
  readonly about: DecisionAbout;
  readonly value: unknown;
  readonly context: ContextState;
  /** More that it is about: which validator; which iteration of a loop, from 0; the inner context of a nested program. */
  readonly detail?: unknown;
}

/** Call a model, once. */
export interface ModelOp extends OpBase {
  readonly kind: "model";
  readonly node: AgentNode;
  /** `turn`: the agent's own question; `summary`: of a conversation that has become too long, as free text and without tools. */
  readonly asks: "turn" | "summary";
  readonly instructions: string;
  /** All it may call: its own and those of its servers. */
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  /** What was said before the input, in the thread it belongs to. */
  readonly history: readonly TranscriptItem[];
  /** The agent's own input: a user message is made of it, after the history. */
  readonly input: unknown;
  /** What is said in that message in place of the input; absent where it is the input. Files of the input stay with it. */
  readonly prompt?: string;
  /** What was said since the input, oldest first. */
  readonly transcript: readonly TranscriptItem[];
  /** The key of the model call before this one, and what the transcript has that no outcome since then holds. */
  readonly request: { readonly after: InstancePath | null; readonly added: Json };
  readonly attempt: number;
  readonly delay: Delay;
}

/** Run a tool. */
export interface ToolOp extends OpBase {
  readonly kind: "tool";
  readonly node: AgentNode;
  readonly tool: ToolSpec;
  readonly call: ToolCall;
  /** Whether its arguments are what the tool's schema made of them: a schema may transform them, so once only. */
  readonly isChecked: boolean;
  readonly context: ContextState;
  readonly attempt: number;
  readonly delay: Delay;
}

/**
 * Wait for something that nobody performs: a person, a signal, a moment. What a person or a signal brings is its value; a
 * moment that comes first is a `timeout` there, and a success where nothing but time was waited for.
 */
export interface WaitOp extends OpBase {
  readonly kind: "human" | "signal" | "sleep";
  /** `deadline`: the time that something else may take; nobody is told of it as a wait of the run. */
  readonly waitsFor: WaitKind | "deadline";
  readonly show: unknown;
  readonly answerSchema: Json;
  /** When it ends by itself, in milliseconds since 1970 by the journal's time; null: never. */
  readonly wakeAtMs: number | null;
  /** Where that is so long after it was asked for, in milliseconds; left out where it is a moment, however long that is from then. */
  readonly limitMs?: number;
  /** Up to so much later, in milliseconds: where in between is the runtime's choice, by its key. */
  readonly spreadMs: number;
}

/** What a program asks the runtime to do. Plain data: two runs that ask the same question hold equal Ops. */
export type Op = StepOp | DecideOp | ModelOp | ToolOp | WaitOp;

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
  /** Whether it runs although its caller lost a race or ran out of time, and is not called off for that. Left out: no. */
  readonly isShielded?: true;
}

/** Run several programs at the same time. Lazy: a program is started when there is room for it. */
export interface ForkControl {
  readonly kind: "fork";
  readonly count: number;
  readonly concurrency: number;
  readonly start: (index: number) => Program<unknown>;
  /** Once this is true of a result, no further program starts and those under way are cancelled. Asked once of each, in the order they end. */
  readonly stopsAfter: (result: never, index: number) => boolean;
  /** Why those under way are told to stop, by the index of the one that has ended. Left out: `lost-race`. */
  readonly abortsWith?: (index: number) => AbortReason;
  /** Takes each result as it ends, so that a fork of a million need not hold a million of them: what is given back is what it holds. */
  readonly takes?: (result: never, index: number) => unknown;
}

/** What only the scheduler acts on; never journalled as such. */
export type Control = CallControl | ForkControl;

/**
 * A program of operations: yields what it wants done, receives what came of it, returns its result. Holds no promise,
 * clock, random number or user function, so the same outcomes always make it ask for the same next thing.
 */
export interface Program<T> {
  next(answer?: unknown): IteratorResult<Op | Control, T>;
  [Symbol.iterator](): Program<T>;
}

/**
 * The smallest program: asks once, and returns the answer. Every operation and every call is one, so it is not a generator,
 * and is its own result: whoever drives it reads that before it goes on.
 */
class Question<T> implements Program<T> {
  done = false;
  value: unknown;
  #isAsked = false;

  constructor(wanted: Op | Control) {
    this.value = wanted;
  }

  /** The one cast of the core: what a program is resumed with is what it asked for. The scheduler keeps that promise. */
  next(answer?: unknown): IteratorResult<Op | Control, T> {
    if (this.#isAsked) {
      this.done = true;
      this.value = answer;
    }
    this.#isAsked = true;
    return this as IteratorResult<Op | Control, T>;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

function ask<T>(wanted: Op | Control): Program<T> {
  return new Question(wanted);
}

/** Has the runtime perform an operation. */
export function perform<O extends Op>(op: O): Program<OutcomeOf<O>> {
  return ask(op);
}

/** Runs a child frame to its end. The only way into another node. */
export function call(frame: ExecutionFrame<PlanNode>): Program<StepResult> {
  return ask({ kind: "call", frame });
}

/** The same for what must be done to the end: that its caller was told to stop does not stop it, unless the whole run is called off. */
export function callShielded(frame: ExecutionFrame<PlanNode>): Program<StepResult> {
  return ask({ kind: "call", frame, isShielded: true });
}

/** What {@link fork} takes. */
export interface Fork<T> {
  readonly count: number;
  readonly concurrency: number;
  readonly start: (index: number) => Program<T>;
  readonly stopsAfter: (result: T, index: number) => boolean;
  readonly abortsWith?: (index: number) => AbortReason;
}

/** What {@link forkEach} takes. */
export interface ForkEach<T> extends Fork<T> {
  /** Told of each result as it ends, before `stopsAfter` is asked. */
  readonly takes: (result: T, index: number) => void;
}

/** Runs programs at the same time and keeps no result: each is told of as it ends. */
export function forkEach<T>(wanted: ForkEach<T>): Program<unknown> {
  return ask({ kind: "fork", ...wanted });
}

/** Runs programs at the same time; results by index, `undefined` for those never started. */
export function fork<T>(wanted: Fork<T>): Program<readonly (T | undefined)[]> {
  return ask({ kind: "fork", ...wanted });
}

/** The failure an operation gets that was told to stop and whose stop counts as an outcome. Nothing catches it below whoever told it so. */
export function abortedFailure(path: InstancePath, reason: AbortReason): Failure {
  return { code: "cancelled", message: `${path} was cancelled (${reason}).`, path, retryable: false, details: { reason } };
}
