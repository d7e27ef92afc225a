import type { Json } from "../base/json.ts";
import type { Endings } from "./ending.ts";
import type { HistoryPolicy } from "./history-policy.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "./model-settings.ts";
import type { MergeStrategy, ReducerName } from "./patch.ts";
import type { NodePath } from "./path.ts";
import type {
  ContextAccess,
  Effect,
  InDoubtPolicy,
  Join,
  KindMark,
  MachineRule,
  PolicyAround,
  ProcessorCounts,
  RetryPolicy,
  Rounds,
  ServerToolRules,
  ToolServerSpec,
  WakeTime,
} from "./node-parts.ts";

export type {
  ContextAccess,
  Effect,
  InDoubtPolicy,
  Join,
  KindMark,
  MachineRule,
  OnError,
  RetryPolicy,
  ServerToolRules,
  ToolErrorPolicy,
  ToolServerSpec,
  ValidatorSpec,
  WakeTime,
} from "./node-parts.ts";

/** What is done around a node. */
export type Policy = PolicyAround<PlanNode>;

interface NodeBase {
  /** The kinds of an author's own that made it, from the outside in. Absent: none. Part of no fingerprint but the plan's hash. */
  readonly madeBy?: readonly KindMark[];
  /** Absent where nothing is done around it. */
  readonly policy?: Policy;
  /** Whether who performs its operations holds something for it until it ends, however it ends. Absent: no. */
  readonly holds?: true;
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
  readonly inDoubt: InDoubtPolicy;
  /** Which fields of the context it declares. Absent: none, and it may look at and write all. */
  readonly access?: ContextAccess;
}

/** Who runs a tool: a function of the code, another program of the plan, or a tool server (MCP). */
export type ToolRunner =
  | { readonly kind: "function" }
  | { readonly kind: "program"; readonly node: PlanNode }
  | { readonly kind: "server"; readonly server: string; readonly tool: string };

/** What a model is told of one tool, and the rules it is run by. */
export interface ToolSpec extends ServerToolRules {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
  readonly retry: RetryPolicy | null;
  readonly runner: ToolRunner;
  readonly fingerprint: string;
}

/** Asks a model, runs the tools it calls, asks again, until there is an output that fits. */
export interface AgentNode extends NodeBase, ProcessorCounts {
  readonly kind: "agent";
  /** `provider:model`, or the label of a model object given in code. */
  readonly model: string;
  /** Null where a function says them. */
  readonly instructions: string | null;
  readonly tools: readonly ToolSpec[];
  /** Tools that the provider runs itself. */
  readonly providerTools: readonly ProviderTool[];
  readonly servers: readonly ToolServerSpec[];
  readonly toolChoice: ToolChoice;
  readonly settings: ModelSettings;
  readonly endings: Endings;
  /** What it is given of a thread's conversation; null where it takes no part in it. */
  readonly history: HistoryPolicy | null;
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
  /** The segments of those whose outputs a gather among them picks. Absent where there is none. */
  readonly keeps?: readonly string[];
}

/** Picks what earlier members of its sequence gave. */
export interface GatherNode extends NodeBase {
  readonly kind: "gather";
  /** By the key under which it is given: the segment of the member. */
  readonly picks: Readonly<Record<string, string>>;
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
  /** What makes the output of the results: a function, or a program that is given `{ input, results }`. Absent: they are the output. */
  readonly reduce?: "decided" | PlanNode;
  /** The fields of the context that an item may look at and write. Absent: all. */
  readonly include?: readonly string[];
}

/** Several programs on one input, at the same time. */
export interface ParallelNode extends NodeBase {
  readonly kind: "parallel";
  /** In declared order, which is the order their context writes are merged in. */
  readonly branches: readonly PlanNode[];
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
  /** Absent: `all`. */
  readonly join?: Exclude<Join, "all">;
  /** As of a map. */
  readonly reduce?: "decided" | PlanNode;
  /** The fields of the context that a branch may look at and write. Absent: all. */
  readonly include?: readonly string[];
}

/** Those of several programs that a router names, on one input, at the same time. */
export interface RouteNode extends NodeBase {
  readonly kind: "route";
  /** Says which; null where a function does. */
  readonly router: PlanNode | null;
  /** In declared order, which is the order their context writes are merged in. */
  readonly branches: readonly PlanNode[];
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
  /** As of a map. */
  readonly reduce?: "decided" | PlanNode;
  /** As of a map. */
  readonly include?: readonly string[];
}

/** In one state after the other, each on what the one before it gave, until it comes to an end. */
export interface MachineNode extends NodeBase, Rounds {
  readonly kind: "machine";
  readonly initial: string;
  /** The programs of its states, by their names; an end may have none. */
  readonly states: Readonly<Record<string, PlanNode>>;
  /** Of those that fit, the first is taken. */
  readonly rules: readonly MachineRule[];
  readonly ends: readonly string[];
  /** How many transitions it may make. */
  readonly maxHops: number;
}

/** A planner says which of several programs runs next, or that a person is asked, until it has finished. */
export interface AgenticLoopNode extends NodeBase, Rounds {
  readonly kind: "agenticLoop";
  readonly planner: PlanNode;
  /** By the segments of their programs, in declared order. */
  readonly agents: readonly { readonly description: string; readonly program: PlanNode }[];
  /** The question to a person; null where nobody can be asked. */
  readonly ask: PlanNode | null;
  readonly maxCommands: number;
}

/** The same program again and again, each time on what the last time gave, until a function says that it is enough. */
export interface LoopNode extends NodeBase, Rounds {
  readonly kind: "loop";
  readonly body: PlanNode;
  /** Whether a function of each output says when to stop; without one it ends at `maxIterations`. */
  readonly hasExit: boolean;
  /** Null for no bound. */
  readonly maxIterations: number | null;
  /** What the bound means when it is reached. */
  readonly onExhausted: "fail" | "return";
  /** Whether a function makes the next input of the last output. */
  readonly mapsNext: boolean;
  /** Whether a function makes the loop's output of the last output. */
  readonly mapsOutput: boolean;
}

/** Makes something and has it judged, again and again, each time told why the last was not taken, until it is. */
export interface RefineNode extends NodeBase, Rounds {
  readonly kind: "refine";
  /** Makes the artifact, always of the same input. */
  readonly generate: PlanNode;
  /** Judges it: is given `{ input, artifact }`, gives the check. */
  readonly critique: PlanNode;
  readonly maxIterations: number;
  /** What the bound means when it is reached and nothing was accepted. */
  readonly onExhausted: "fail" | "return";
  /** Whether a function says what a check means; without one the check is the verdict. */
  readonly decidesAccept: boolean;
}

/** Looks for a state that is a goal, from state to state: always on from the one that promises most. */
export interface SearchNode extends NodeBase {
  readonly kind: "search";
  /** Is given `{ state, path, rejected }`, gives a list of states. */
  readonly propose: PlanNode;
  /** Gives a number for each proposed state, lower for better; null where no program does. */
  readonly evaluate: PlanNode | null;
  /** How many states are evaluated at the same time. */
  readonly concurrency: number;
  /** Whether a function gives that number. */
  readonly hasHeuristic: boolean;
  /** Whether a function says what it costs to come from one state to the next. */
  readonly hasCost: boolean;
  /** The names of the functions that may refuse a state, in the order in which they are asked. */
  readonly invariants: readonly string[];
  /** How many states of one proposal count at most. */
  readonly branching: number | null;
  /** How many states are kept to go on from. */
  readonly beam: number | null;
  /** How many states lie at most on a path, the first left out. */
  readonly maxDepth: number | null;
  /** How often it proposes at most. */
  readonly maxExpansions: number;
  /** No proposal is asked for once so many tokens are used. */
  readonly maxTokens: number | null;
}

/** Lets a value through where enough judges agree, who look at it at the same time. */
export interface GateNode extends NodeBase {
  readonly kind: "gate";
  /** In declared order. */
  readonly judges: readonly PlanNode[];
  readonly needs: "all" | "majority" | number;
  /** A judge agrees only with such a score; null where scores do not matter. */
  readonly minScore: number | null;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
}

/** Goes on later; passes its input on. */
export interface SleepNode extends NodeBase {
  readonly kind: "sleep";
  readonly wake: WakeTime;
  /** What the function gives that decides: how long, in milliseconds, or until when. Absent where none does. */
  readonly gives?: "duration" | "moment";
}

/** What a wait that is not answered in time comes to. */
export interface WaitLimit {
  /** Milliseconds from when the wait began. */
  readonly timeoutMs: number;
  /** A failure with the code `timeout`, this value as the answer, or what a program gives. */
  readonly otherwise: "fail" | { readonly default: Json } | "program";
  /** What runs on the wait's own input, where `otherwise` says so. */
  readonly program: PlanNode | null;
}

interface WaitBase extends NodeBase {
  /** JSON Schema of what is waited for. */
  readonly answerSchema: Json;
  /** Absent: it waits for as long as it takes. */
  readonly limit?: WaitLimit;
}

/** Waits for a person's answer; passes `{ input, answer }` on. */
export interface HumanNode extends WaitBase {
  readonly kind: "human";
}

/** Waits for a signal from outside; passes `{ input, signal }` on. */
export interface SignalNode extends WaitBase {
  readonly kind: "signal";
}

/** A program with a context of its own: made of the outer one when it is entered, told to it when it has ended. */
export interface NestedNode extends NodeBase {
  readonly kind: "nested";
  readonly child: PlanNode;
  /** Fields of its own context that have a reducer. */
  readonly reducers: Readonly<Record<string, ReducerName>>;
  /** Whether a function says which fields of the outer context it sets when it has ended. */
  readonly mapsOut: boolean;
}

/** Runs a program on what passes, and passes that on. */
export interface TapNode extends NodeBase {
  readonly kind: "tap";
  readonly child: PlanNode;
  readonly onError: "fail" | "ignore";
}

/** A program whose outcome is kept, and recalled where the same is asked again. */
export interface CacheNode extends NodeBase {
  readonly kind: "cache";
  readonly child: PlanNode;
  /** For how long an outcome counts, in milliseconds; null for ever. */
  readonly ttlMs: number | null;
  /** The context fields that are part of the key, in alphabetical order. */
  readonly reads: readonly string[];
  /** Whether a function says what stands for the input in the key. */
  readonly decidesKey: boolean;
  /** Hash of the program's part of the plan, the same wherever it stands. */
  readonly contents: string;
}

/** Runs a program; should that fail, undoes what was done in it, the latest first. */
export interface SagaNode extends NodeBase {
  readonly kind: "saga";
  readonly child: PlanNode;
  /** Whether another saga is around it, which undoes what it has done where that fails later. */
  readonly isInner: boolean;
}

/** Starts a run of its own, and passes its id on. */
export interface BackgroundNode extends NodeBase {
  readonly kind: "background";
  /** The program of that run, as it was when this plan was made: a run begins with the code that is loaded then. */
  readonly starts: Plan;
}

/** Any node of a plan. */
export type PlanNode =
  | StepNode
  | AgentNode
  | SequenceNode
  | GatherNode
  | BranchNode
  | MapNode
  | ParallelNode
  | RouteNode
  | MachineNode
  | AgenticLoopNode
  | LoopNode
  | RefineNode
  | GateNode
  | SearchNode
  | SleepNode
  | HumanNode
  | SignalNode
  | NestedNode
  | CacheNode
  | BackgroundNode
  | SagaNode
  | TapNode;

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
   * a tool, `path:key` for what picks a branch, `path:show` for what a person is shown,
   * `path:reducer FIELD` for what reduces a field of the context. That of the schemas it is bound
   * to stands beside it: `path:?input`, `path:?output`, `path:?answer`, `path:?context`.
   */
  readonly code: Readonly<Record<string, string>>;
  /** Hash of all of the above. */
  readonly hash: string;
}
