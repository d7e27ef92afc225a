import type { Json } from "../base/json.ts";
import type { Cost } from "./cost.ts";
import { FREE } from "./cost.ts";
import type { Ending } from "./ending.ts";
import type { Recorded, RunEnd, WaitKind } from "./entry.ts";
import type { Failure } from "./failure.ts";
import type { InstancePath } from "./path.ts";
import type { Usage } from "./usage.ts";
import { NO_USAGE } from "./usage.ts";

/**
 * What something in the tree is, as far as the history has told: a `group` is a composite that is not known to be more
 * (a sequence, most parallels and taps), a `map` may turn out to be a `loop` when it is asked whether that is enough, a
 * `turn` is one model call of an agent, with the `tool` calls it made below it; a `summary` is a model call of an agent
 * whose thread has become too long. Below a tool call stands the `approval` it needed, and the program that it ran, if
 * that is what the tool is.
 */
export type ViewKind =
  | "step"
  | "agent"
  | "gather"
  | "branch"
  | "map"
  | "parallel"
  | "route"
  | "machine"
  | "agenticLoop"
  | "loop"
  | "refine"
  | "gate"
  | "search"
  | "sleep"
  | "human"
  | "signal"
  | "nested"
  | "background"
  | "cache"
  | "saga"
  | "tap"
  | "group"
  | "turn"
  | "summary"
  | "tool"
  | "approval";

/** What looks like a map until it is known to be more: what happens in it stands in iterations. */
export const HAS_ITERATIONS: ReadonlySet<ViewKind> = new Set<ViewKind>(["loop", "refine", "search", "machine", "agenticLoop"]);

/**
 * How something in the tree is doing. A tool call is `denied` where a person said no. `cancelled`: it was told to stop,
 * because the run was called off, a race was lost, or its time was over. `continued`: the run went on as another run in it.
 */
export type ViewStatus = "running" | "waiting" | "succeeded" | "failed" | "cancelled" | "denied" | "continued";

/** One attempt of an operation, or of a composite with a policy around it, as it is on record. */
export interface AttemptView {
  /** Counts from 1. */
  readonly attempt: number;
  /** When it was handed to whoever performs it: after the delay before it. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly usage: Usage;
  readonly cost: Cost;
  /** Why it failed; null where it did not. */
  readonly failure: Failure | null;
  /** How a model's answer ended that cannot be used; null where it can, or is none. */
  readonly ending: { readonly ending: Ending; readonly problem: string } | null;
}

/** What something waits for, or has waited for. */
export interface WaitView {
  readonly waitsFor: WaitKind;
  /** When it began. */
  readonly sinceMs: number;
  /** When it ends by itself; null where it waits for as long as it takes. */
  readonly wakeAtMs: number | null;
}

/** The answer to a question that was asked outside of the program: which branch, what a tool server offers. */
export interface DecisionView {
  /** As its key has it: `key`, `until`, `validate tone`. */
  readonly about: string;
  /** Of which attempt, from 1. */
  readonly attempt: number;
  readonly atMs: number;
  readonly outcome: Recorded;
}

/** One thing that happened, or is happening, and all that is below it. */
export interface NodeView {
  /** Its instance path, without an attempt of its own. What is an attempt has that, the first too: `review#1`. */
  readonly path: InstancePath;
  /** Its last part: a name, with the index of an item or iteration; `#n` of an attempt. */
  readonly segment: string;
  /** Which attempt of the node above it is, with all that happened in that; null where it is a node itself. */
  readonly attempt: number | null;
  /** What its author called it. */
  readonly name: string;
  readonly kind: ViewKind;
  readonly status: ViewStatus;
  /** The attempts that have begun; 0 for a tool call that was never run: there is no such tool, or a person said no. */
  readonly attempts: number;
  /** The attempts of it that are on record, in the order in which they ended. What happened in those of a composite stands below it as soon as there are several. */
  readonly outcomes: readonly AttemptView[];
  /** What was asked about it, in order. */
  readonly decisions: readonly DecisionView[];
  /** Of everything in it so far, failed attempts included. */
  readonly usage: Usage;
  readonly cost: Cost;
  readonly startedAtMs: number;
  /** Null while it goes on. */
  readonly endedAtMs: number | null;
  /** The last outcome was recorded under this seq; null while there is none. */
  readonly seq: number | null;
  /** The value it gave: an output, a model's turn, a tool's result, an answer. Undefined while there is none. */
  readonly output: unknown;
  /** Why the last attempt failed; null where it did not. */
  readonly failure: Failure | null;
  /** The key a branch took. */
  readonly key: string | null;
  /** How many items a map has; null where it is none, or has not ended. */
  readonly items: number | null;
  /** What it waits for, or has waited for; null where it waits for nothing, or for so little that there is no record of it. */
  readonly wait: WaitView | null;
  /** What it noted of itself when it ended: `iterations`, `winners`, `fallback`, `scores`, `timedOut` and the like. */
  readonly metadata: Readonly<Record<string, Json>>;
  /** What a person is shown, and the shape of the answer or of what a signal brings; null where nobody is asked. */
  readonly question: { readonly show: unknown; readonly answerSchema: Json } | null;
  /** What a model was asked, as its intent says; the arguments of a tool call, as the model wrote them. Undefined where there is none. */
  readonly request: unknown;
  /** In the order they began, by segment. */
  readonly children: ReadonlyMap<string, NodeView>;
}

/** What a run's history comes to: a tree of what happened, which a live view, a trace and a debugger draw. */
export interface RunView {
  readonly runId: string | null;
  readonly input: unknown;
  readonly context: unknown;
  /** The model that all agents of the run use, or null. */
  readonly model: string | null;
  /** The conversation it is part of, or null. */
  readonly thread: string | null;
  readonly startedAtMs: number | null;
  /** When the last thing happened. */
  readonly lastAtMs: number;
  readonly usage: Usage;
  readonly cost: Cost;
  /** Operations with an outcome on record, decisions included. */
  readonly recorded: number;
  /** The paths of what the run waits for. */
  readonly pauses: readonly InstancePath[];
  /** That it was called off, and why; null where it was not. It ends when what was under way has stopped. */
  readonly cancelRequested: { readonly atMs: number; readonly reason: string } | null;
  /** The changes of its code that it went on with. */
  readonly codeAccepted: readonly { readonly atMs: number; readonly changes: readonly string[] }[];
  /** How it ended; null where it has not. */
  readonly end: RunEnd | null;
  readonly root: NodeView | null;
}

/** A run of which nothing is known yet. */
export const EMPTY_VIEW: RunView = Object.freeze({
  runId: null,
  input: undefined,
  context: undefined,
  model: null,
  thread: null,
  startedAtMs: null,
  lastAtMs: 0,
  usage: NO_USAGE,
  cost: FREE,
  recorded: 0,
  pauses: Object.freeze([]),
  cancelRequested: null,
  codeAccepted: Object.freeze([]),
  end: null,
  root: null,
});
