import type { Json } from "../base/json.ts";
import type { MergeStrategy, ReducerName } from "./patch.ts";
import type { NodePath } from "./path.ts";

/** How often to try again after a failure, and how long to wait. Data: it is stored and drawn. */
export interface RetryPolicy {
  /** Attempts in all: 1 + retries. */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt. */
  readonly firstDelayMs: number;
  /** Each further delay is this many times the one before. */
  readonly factor: number;
  /** No delay is longer than this, in milliseconds. */
  readonly maxDelayMs: number;
}

/**
 * What an operation does to the world: `none` may run again after a crash without a trace, `idempotent` may run again
 * with the same idempotency key, `once` commits an intent before it starts.
 */
export type Effect = "none" | "idempotent" | "once";

interface NodeBase {
  /** The name its author gave it. */
  readonly name: string;
  /** What it adds to a path; the name, or the key of the slot it stands in. */
  readonly segment: string;
  readonly path: NodePath;
  /** Hash of everything about this node that decides what its operations ask; not of its children. */
  readonly fingerprint: string;
}

/** Calls a function. */
export interface StepNode extends NodeBase {
  readonly kind: "step";
  readonly effect: Effect;
  readonly retry: RetryPolicy | null;
  readonly timeoutMs: number | null;
}

/** What a model is told of one tool. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
  readonly effect: Effect;
  readonly retry: RetryPolicy | null;
  readonly timeoutMs: number | null;
  readonly fingerprint: string;
}

/** Asks a model, runs the tools it calls, asks again, until there is an output that fits. */
export interface AgentNode extends NodeBase {
  readonly kind: "agent";
  /** `provider:model`, or the label of a model object given in code. */
  readonly model: string;
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** JSON Schema of the output, or null where the output is the model's text. */
  readonly outputSchema: Json | null;
  /** How many model calls at most. */
  readonly maxTurns: number;
  readonly retry: RetryPolicy | null;
  /** Milliseconds for one model call. */
  readonly timeoutMs: number | null;
}

/** One after the other; each output is the next input. */
export interface SequenceNode extends NodeBase {
  readonly kind: "sequence";
  readonly children: readonly PlanNode[];
}

/** One of several, by a key. */
export interface BranchNode extends NodeBase {
  readonly kind: "branch";
  readonly branches: Readonly<Record<string, PlanNode>>;
  readonly default: PlanNode | null;
}

/** The same program for every item of a list, results in order. */
export interface MapNode extends NodeBase {
  readonly kind: "map";
  readonly each: PlanNode;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "collect";
  readonly merge: MergeStrategy;
}

/** Several programs on one input, at the same time. */
export interface ParallelNode extends NodeBase {
  readonly kind: "parallel";
  /** In declared order, which is the order their context writes are merged in. */
  readonly branches: readonly PlanNode[];
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
}

/** Waits for a person's answer; passes `{ input, answer }` on. */
export interface HumanNode extends NodeBase {
  readonly kind: "human";
  /** JSON Schema of the answer. */
  readonly answerSchema: Json;
}

/** Any node of a plan. */
export type PlanNode = StepNode | AgentNode | SequenceNode | BranchNode | MapNode | ParallelNode | HumanNode;

/** The kinds of node there are. */
export type NodeKind = PlanNode["kind"];

/** The node of one kind. */
export type NodeOf<K extends NodeKind> = Extract<PlanNode, { readonly kind: K }>;

/** What is to run, as frozen data: no closure, so it can be stored, hashed, compared and drawn. */
export interface Plan {
  readonly format: 1;
  readonly name: string;
  readonly version: string;
  readonly root: PlanNode;
  /** Fields of the context that have a reducer. */
  readonly reducers: Readonly<Record<string, ReducerName>>;
  /**
   * The version of the code behind each node, by default the hash of its source text: `path` for a step, `path:name` for
   * a tool, `path:key` for what picks a branch, `path:show` for what a person is shown.
   */
  readonly code: Readonly<Record<string, string>>;
  /** Hash of all of the above. */
  readonly hash: string;
}

/** The nodes right below a node, in declared order. */
export function childrenOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case "step":
    case "agent":
    case "human":
      return [];
    case "sequence":
      return node.children;
    case "branch":
      return node.default === null ? Object.values(node.branches) : [...Object.values(node.branches), node.default];
    case "map":
      return [node.each];
    case "parallel":
      return node.branches;
  }
}
