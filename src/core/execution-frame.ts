import { FlujoError } from "../base/errors.ts";
import type { PlanNode } from "../model/node.ts";
import type { Failure } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import { attemptPath, childPath, itemPath } from "../model/path.ts";
import type { ContextState } from "./context/context-state.ts";
import type { LoopHistory } from "./loop-history.ts";

/** What is not a child's own: its key is derived, the rest is what its parent gives it. */
export interface ChildState {
  readonly input: unknown;
  readonly context: ContextState;
  /** The journal's time when the child is entered: that of the last outcome its parent has seen, in ms since 1970. */
  readonly atMs: number;
  /** For the items of a map: which one. */
  readonly index?: number;
  /** The key below which it runs, where that is not its parent's own: a tool call of an agent, one time around. */
  readonly below?: InstancePath;
  /** Why what it takes the place of has failed. Left out: as in its parent. */
  readonly feedback?: Failure;
  /** What agents in it are given of what was said in a loop; null: nothing. Left out: as in its parent. */
  readonly history?: LoopHistory | null | undefined;
}

/** What an attempt of a node differs in from the frame of the node itself. */
export interface AttemptState {
  /** From 1. */
  readonly number: number;
  readonly atMs: number;
  /** Why the attempt before it failed; null at the first. */
  readonly feedback: Failure | null;
}

/**
 * The operational state of one node instance: which node, under which key, on what input, in which context. It is the
 * only thing `ExecutorCore.execute` and the handlers get (REQ-CORE-001).
 *
 * Frames come from {@link ExecutionFrame.root} (once a run) and from {@link child}. The private field makes the type
 * nominal, so that a look-alike does not compile; {@link assertFrame} makes sure that it does not run either.
 */
export class ExecutionFrame<N extends PlanNode = PlanNode> {
  readonly #genuine = true;
  readonly node: N;
  readonly key: InstancePath;
  readonly input: unknown;
  readonly context: ContextState;
  readonly enteredAtMs: number;
  /** How many frames are above this one: 0 for the root. */
  readonly depth: number;
  /** Why the last attempt failed of this or, where that has made none, of the nearest node around it; null where all is at its first. */
  readonly feedback: Failure | null;
  /** Which attempt of its node it is; 0 where it is the node itself, with all its attempts. */
  readonly attempt: number;
  /** What its agents have said in the loop around it that has a history; null where there is none. */
  readonly history: LoopHistory | null;

  /** Takes what its maker has at hand: every step makes a frame, and pays for what is made for it. */
  private constructor(node: N, state: FrameState, place: FramePlace) {
    this.node = node;
    this.key = place.key;
    this.input = state.input;
    this.context = state.context;
    this.enteredAtMs = state.atMs;
    this.depth = place.depth;
    this.feedback = place.feedback;
    this.attempt = place.attempt;
    this.history = place.history;
  }

  /** The frame a run begins with. */
  static root<N extends PlanNode>(node: N, state: RootState): ExecutionFrame<N> {
    return new ExecutionFrame(node, state, { key: state.key, depth: 0, feedback: null, attempt: 0, history: null });
  }

  /** The frame of a node right below this one. */
  child<C extends PlanNode>(node: C, state: ChildState): ExecutionFrame<C> {
    const below = state.below ?? this.key;
    const key = state.index === undefined ? childPath(below, node.segment) : itemPath(below, state.index);
    const history = state.history === undefined ? this.history : state.history;
    const place = { key, depth: this.depth + 1, feedback: state.feedback ?? this.feedback, attempt: 0, history };
    return new ExecutionFrame(node, state, place);
  }

  /** One attempt of the same node: the first has the key of the node itself. */
  asAttempt({ number, atMs, feedback }: AttemptState): ExecutionFrame<N> {
    const { input, context, depth, history } = this;
    const key = attemptPath(this.key, number);
    const place = { key, depth: depth + 1, feedback: feedback ?? this.feedback, attempt: number, history };
    return new ExecutionFrame(this.node, { input, context, atMs }, place);
  }

  /** The key of its `frame-done` entry: that of a first attempt says so, since the node itself has the same key. */
  get doneKey(): InstancePath {
    return this.attempt === 1 ? (`${this.key}#1` as InstancePath) : this.key;
  }

  /** @throws {FlujoError} `frame_forged` for anything that was not made here. */
  static assertFrame(value: unknown): void {
    if (typeof value === "object" && value !== null && #genuine in value) return;
    throw new FlujoError("frame_forged", "ExecutorCore.execute was given something that is not an ExecutionFrame.");
  }
}

interface FrameState {
  readonly input: unknown;
  readonly context: ContextState;
  readonly atMs: number;
}

interface RootState extends FrameState {
  readonly key: InstancePath;
}

interface FramePlace {
  readonly key: InstancePath;
  readonly depth: number;
  readonly feedback: Failure | null;
  readonly attempt: number;
  readonly history: LoopHistory | null;
}
