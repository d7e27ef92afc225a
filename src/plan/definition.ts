import type { Schema } from "../base/schema.ts";
import type { CacheBackend } from "../model/cache-backend.ts";
import type { Endings } from "../model/ending.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { Join } from "../model/node.ts";
import type { MergeStrategy } from "../model/patch.ts";
import type {
  ContextDefinition,
  DecisionFunction,
  FunctionToolDefinition,
  PluginDefinition,
  ResourceDefinitions,
  ShowFunction,
  SleepDefinition,
  StepDefinition,
  ToolBase,
  ToolServerDefinition,
  ValidatorDefinition,
  WorkOptions,
} from "./definition-parts.ts";

export type {
  ContextDefinition,
  DecisionContext,
  DecisionFunction,
  FunctionToolDefinition,
  PluginDefinition,
  ReducerDefinition,
  ResourceAbout,
  ResourceDefinition,
  ResourceDefinitions,
  ShowFunction,
  SleepDefinition,
  StepDefinition,
  ToolServerDefinition,
  ValidatorDefinition,
  WorkFunction,
  WorkOptions,
} from "./definition-parts.ts";

/**
 * What authors write, whichever way they write it (builders here, blueprints later): a tree that still holds functions,
 * schemas and model objects. `compile` turns it into a Plan (data) and its Bindings (everything else).
 */
export type Definition =
  | StepDefinition
  | AgentDefinition
  | SequenceDefinition
  | GatherDefinition
  | BranchDefinition
  | MapDefinition
  | ParallelDefinition
  | RouteDefinition
  | MachineDefinition
  | AgenticLoopDefinition
  | LoopDefinition
  | RefineDefinition
  | GateDefinition
  | SearchDefinition
  | SleepDefinition
  | HumanDefinition
  | SignalDefinition
  | NestedDefinition
  | CacheDefinition
  | BackgroundDefinition
  | SagaDefinition
  | TapDefinition
  | PolicyDefinition;

/** A program that a model may call: an agent, a pipeline, a step. */
export interface ProgramToolDefinition extends ToolBase {
  readonly kind: "program-tool";
  readonly program: Definition;
}

export type ToolDefinition = FunctionToolDefinition | ProgramToolDefinition;

export interface AgentDefinition extends WorkOptions {
  readonly kind: "agent";
  readonly name: string;
  /** `provider:model`, or a language model object of the AI SDK (kept as it is; only `agents/` looks inside). */
  readonly model: string | object;
  readonly instructions: string | DecisionFunction;
  readonly input: Schema | null;
  readonly output: Schema | null;
  readonly tools: readonly ToolDefinition[];
  readonly providerTools: readonly ProviderTool[];
  readonly servers: readonly ToolServerDefinition[];
  readonly toolChoice: ToolChoice;
  readonly settings: ModelSettings;
  readonly endings: Endings;
  readonly history: HistoryPolicy | null;
  /** Make what its model is told of its instructions and its input. Left out: none. */
  readonly promptProcessors?: readonly DecisionFunction[];
  /** Make its output of what its model gave. Left out: none. */
  readonly outputProcessors?: readonly DecisionFunction[];
  readonly maxTurns: number;
}

export interface SequenceDefinition {
  readonly kind: "sequence";
  /** Null while nobody has named it: it then takes the name of the slot it stands in. */
  readonly name: string | null;
  readonly version: string;
  readonly input: Schema | null;
  readonly context: ContextDefinition | null;
  readonly children: readonly Definition[];
}

export interface GatherDefinition {
  readonly kind: "gather";
  readonly name: string | null;
  /** By the key under which it is given: an earlier member of the same sequence, by its name or as it was put there. */
  readonly picks: Readonly<Record<string, string | Definition>>;
}

export interface BranchDefinition {
  readonly kind: "branch";
  readonly name: string | null;
  readonly key: DecisionFunction;
  readonly branches: Readonly<Record<string, Definition>>;
  readonly default: Definition | null;
}

/** Makes one thing of the results of members that ran at the same time: a function of them, or a program. */
export type ReduceDefinition = DecisionFunction | { readonly program: Definition };

export interface MapDefinition {
  readonly kind: "map";
  readonly name: string | null;
  readonly each: Definition;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "collect";
  readonly merge: MergeStrategy;
  /** Left out: the results are the output. */
  readonly reduce?: ReduceDefinition;
  /** The fields of the context that are there in it. Left out: all. */
  readonly include?: readonly string[];
}

export interface ParallelDefinition {
  readonly kind: "parallel";
  readonly name: string | null;
  readonly branches: Readonly<Record<string, Definition>>;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
  /** Left out: `all`. */
  readonly join?: Join;
  /** Left out: the results are the output. */
  readonly reduce?: ReduceDefinition;
  /** The fields of the context that are there in it. Left out: all. */
  readonly include?: readonly string[];
}

export interface RouteDefinition {
  readonly kind: "route";
  readonly name: string | null;
  /** Says which branches run: a name, a list of names, or `{ routes }`. */
  readonly router: DecisionFunction | { readonly program: Definition };
  readonly branches: Readonly<Record<string, Definition>>;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
  /** Left out: the results are the output. */
  readonly reduce?: ReduceDefinition;
  /** The fields of the context that are there in it. Left out: all. */
  readonly include?: readonly string[];
}

/** When a machine goes from one state to another. */
export interface MachineRuleDefinition {
  /** The states it leads out of; `*` for all that are no end. */
  readonly from: string | readonly string[];
  /** `success`, `failure`, or the codes of failures. */
  readonly when: string | readonly string[];
  /** Whether it is made; null where it always is. */
  readonly guard: DecisionFunction | null;
  readonly to: string;
}

export interface MachineDefinition {
  readonly kind: "machine";
  readonly name: string;
  readonly initial: string;
  readonly states: Readonly<Record<string, Definition>>;
  readonly rules: readonly MachineRuleDefinition[];
  readonly ends: readonly string[];
  readonly maxHops: number;
  /** What its agents are given of what was said in its iterations before. Absent: nothing. */
  readonly history?: HistoryPolicy;
}

export interface AgenticLoopDefinition {
  readonly kind: "agenticLoop";
  readonly name: string;
  readonly planner: Definition;
  readonly agents: Readonly<Record<string, { readonly program: Definition; readonly description: string }>>;
  /** The schema of what a person answers; null where nobody can be asked. */
  readonly ask: Schema | null;
  readonly maxCommands: number;
  /** What its agents are given of what was said in its iterations before. Absent: nothing. */
  readonly history?: HistoryPolicy;
}

export interface LoopDefinition {
  readonly kind: "loop";
  readonly name: string | null;
  readonly body: Definition;
  /** Says of each output whether it is enough. */
  readonly until: DecisionFunction | null;
  readonly maxIterations: number | null;
  /** Null: `fail` where there is an exit, else `return`. */
  readonly onExhausted: "fail" | "return" | null;
  /** Makes the next input of the last output. */
  readonly next: DecisionFunction | null;
  /** Makes the loop's output of the last output. */
  readonly output: DecisionFunction | null;
  /** What its agents are given of what was said in its iterations before. Absent: nothing. */
  readonly history?: HistoryPolicy;
}

export interface RefineDefinition {
  readonly kind: "refine";
  readonly name: string;
  readonly generate: Definition;
  readonly critique: Definition;
  readonly maxIterations: number;
  readonly onExhausted: "fail" | "return";
  /** Says of each check whether it accepts the artifact; null where the check itself is the verdict. */
  readonly accept: DecisionFunction | null;
  /** Says of a check that does not accept what is wrong, for the next iteration. */
  readonly feedback: DecisionFunction | null;
  /** What its agents are given of what was said in its iterations before. Absent: nothing. */
  readonly history?: HistoryPolicy;
}

export interface SearchDefinition {
  readonly kind: "search";
  readonly name: string;
  readonly propose: Definition;
  readonly evaluate: Definition | null;
  readonly concurrency: number;
  readonly isGoal: DecisionFunction;
  /** Gives a number for each state, lower for better; null where `evaluate` does, or nothing. */
  readonly heuristic: DecisionFunction | null;
  /** Says what it costs to come to a state; null: nothing. */
  readonly cost: DecisionFunction | null;
  /** By their names: each says true, or that the state is refused, by false or by the reason. */
  readonly invariants: Readonly<Record<string, DecisionFunction>>;
  readonly branching: number | null;
  readonly beam: number | null;
  readonly maxDepth: number | null;
  readonly maxExpansions: number;
  readonly maxTokens: number | null;
}

export interface GateDefinition {
  readonly kind: "gate";
  readonly name: string;
  readonly judges: Readonly<Record<string, Definition>>;
  readonly needs: "all" | "majority" | number;
  readonly minScore: number | null;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "ignore";
  readonly merge: MergeStrategy;
}

/** What a wait that is not answered in time comes to. */
export interface WaitLimitDefinition {
  readonly timeoutMs: number;
  readonly otherwise: "fail" | { readonly default: unknown } | { readonly program: Definition };
}

export interface HumanDefinition {
  readonly kind: "human";
  readonly name: string;
  readonly show: ShowFunction | null;
  readonly answer: Schema;
  /** Left out or null: it waits for as long as it takes. */
  readonly limit?: WaitLimitDefinition | null;
}

export interface SignalDefinition {
  readonly kind: "signal";
  readonly name: string;
  readonly schema: Schema;
  readonly limit: WaitLimitDefinition | null;
}

/** A program with a context of its own. */
export interface NestedDefinition {
  readonly kind: "nested";
  readonly name: string | null;
  /** What its program takes, checked there. */
  readonly input: Schema | null;
  readonly program: SequenceDefinition;
  /** Makes what the inner context begins with, of the outer context and the input; null: what its schema makes of `{}`. */
  readonly enter: ((context: unknown, input: unknown) => unknown) | null;
  /** Says which fields of the outer context it sets when it has succeeded; null for none. */
  readonly leave: ((inner: unknown, outer: unknown) => unknown) | null;
}

/** A program whose outcome is kept. */
export interface CacheDefinition {
  readonly kind: "cache";
  /** That of its program, unless its author gave it another. */
  readonly name: string | null;
  /** That of its program. */
  readonly input: Schema | null;
  readonly program: Definition;
  readonly ttlMs: number | null;
  readonly reads: readonly string[];
  /** Says what stands for the input in the key; null: the input. */
  readonly key: DecisionFunction | null;
  /** Null: where the run itself is kept. */
  readonly backend: CacheBackend | null;
}

/** A program that runs on its own. */
export interface BackgroundDefinition {
  readonly kind: "background";
  /** That of its program, unless its author gave it another. */
  readonly name: string | null;
  readonly program: Definition;
}

export interface TapDefinition {
  readonly kind: "tap";
  readonly name: string | null;
  readonly program: Definition;
  readonly onError: "fail" | "ignore";
}

/** A program of which what was done is undone where it fails. */
export interface SagaDefinition {
  readonly kind: "saga";
  readonly name: string | null;
  /** That of its program. */
  readonly input: Schema | null;
  readonly program: Definition;
}

/** What is to be done around a program. */
export interface PolicyDefinition extends WorkOptions {
  readonly kind: "policy";
  /** That of its program. */
  readonly name: string | null;
  /** That of its program. */
  readonly input: Schema | null;
  readonly program: Definition;
  readonly totalTimeoutMs: number | null;
  readonly validators: readonly ValidatorDefinition[];
  readonly fallbacks: readonly Definition[];
  /** Look at what it gives before the validators do. Left out: none. */
  readonly plugins?: readonly PluginDefinition[];
  /** What they may have run in its place. Left out: nothing. */
  readonly redirects?: Readonly<Record<string, Definition>>;
  /** Called with the failure when nothing is left to try. */
  readonly onFailure: DecisionFunction | null;
  readonly onError: "fail" | { readonly default: unknown };
  readonly resources: ResourceDefinitions;
  /** Where in the context what the program gives is written, too: `customer.name`. Left out: nowhere. */
  readonly sinkTo?: string;
  /** What undoes what the program has done, where a saga around it fails. Left out: nothing. */
  readonly compensation?: Definition;
}
