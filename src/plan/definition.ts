import type { Schema } from "../base/schema.ts";
import type { Endings } from "../model/ending.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { Effect, InDoubtPolicy, Join, RetryPolicy, ServerToolRules, ToolErrorPolicy } from "../model/node.ts";
import type { MergeStrategy, ReducerName } from "../model/patch.ts";

/**
 * What authors write, whichever way they write it (builders here, blueprints later): a tree that still holds functions,
 * schemas and model objects. `compile` turns it into a Plan (data) and its Bindings (everything else).
 */
export type Definition =
  | StepDefinition
  | AgentDefinition
  | SequenceDefinition
  | BranchDefinition
  | MapDefinition
  | ParallelDefinition
  | LoopDefinition
  | SleepDefinition
  | HumanDefinition
  | SignalDefinition
  | NestedDefinition
  | TapDefinition
  | PolicyDefinition;

/** What a user function may look at beside its input. */
export interface DecisionContext {
  /** The context as it is now; read-only. */
  readonly context: unknown;
  /** What the run began with, as text. */
  readonly initialPrompt: string;
  /** Of a loop's functions: which iteration it is, from 0. */
  readonly iteration?: number;
  /** Of a policy's functions: what the node was given. */
  readonly input?: unknown;
  /** Of `retryOn`: which attempt has failed, from 1. */
  readonly attempt?: number;
  /** Of a sleep's function: when it began, in milliseconds since 1970. */
  readonly nowMs?: number;
}

/** A user function in a control position: it decides, and is asked once per key. Sync or async. */
export type DecisionFunction = (value: unknown, context: DecisionContext) => unknown;

/** A user function that says what a person is shown before they answer. Asked once per key, like a decision. */
export type ShowFunction = (about: DecisionContext & { readonly output: unknown }) => unknown;

/** A user function that does work. What it is given as second argument is built by the runtime (`StepContext`). */
export type WorkFunction = (input: unknown, context: never) => unknown;

/** Options that steps, tools and agents share. */
export interface WorkOptions {
  readonly retry: RetryPolicy | null;
  /** Says whether a failure is tried again, where `retry.retryOn` is `decided`. */
  readonly retryWhen?: DecisionFunction;
  /** Milliseconds for one attempt, or null. */
  readonly timeoutMs: number | null;
}

export interface StepDefinition extends WorkOptions {
  readonly kind: "step";
  readonly name: string;
  readonly effect: Effect;
  readonly inDoubt: InDoubtPolicy;
  readonly run: WorkFunction;
  readonly input: Schema | null;
  readonly output: Schema | null;
  /** Overrides the version of the function, which is the hash of its source text. */
  readonly version: string | null;
  /** What is opened for it, by the name it is given under. */
  readonly resources?: ResourceDefinitions;
}

/** Something that is opened before it is used and closed after: a connection, a client, a lock. */
export interface ResourceDefinition {
  readonly kind: "resource";
  readonly open: (about: ResourceAbout) => unknown;
  /** Null where there is nothing to close. Sync or async. */
  readonly close: ((opened: never) => unknown) | null;
  /** `run`: once for all of a run that use it. `attempt`: for each attempt of the nearest node around that declares it. */
  readonly per: "run" | "attempt";
}

/** By the name it is given under. */
export type ResourceDefinitions = Readonly<Record<string, ResourceDefinition>>;

/** What whoever opens a resource may know. */
export interface ResourceAbout {
  readonly runId: string;
  /** Aborted when nobody wants it any more. */
  readonly signal: AbortSignal;
}

interface ToolBase extends WorkOptions {
  readonly name: string;
  readonly description: string;
  readonly input: Schema;
  readonly onError: ToolErrorPolicy;
  /** Whether a person must agree to each call, or a function of the arguments that says so. */
  readonly needsApproval: boolean | DecisionFunction;
}

/** A function that a model may call. */
export interface FunctionToolDefinition extends ToolBase {
  readonly kind: "tool";
  readonly effect: Effect;
  readonly inDoubt: InDoubtPolicy;
  readonly run: WorkFunction;
  readonly output: Schema | null;
  readonly version: string | null;
  readonly resources?: ResourceDefinitions;
}

/** A program that a model may call: an agent, a pipeline, a step. */
export interface ProgramToolDefinition extends ToolBase {
  readonly kind: "program-tool";
  readonly program: Definition;
}

export type ToolDefinition = FunctionToolDefinition | ProgramToolDefinition;

/** A tool server (MCP) that agents may use. */
export interface ToolServerDefinition {
  readonly kind: "tool-server";
  readonly name: string;
  /** Put before the name of each of its tools; may be empty. */
  readonly prefix: string;
  /** The tools that are offered, by the server's own names, each with its rules; null for all, by `rules`. */
  readonly allow: Readonly<Record<string, ServerToolRules>> | null;
  readonly rules: ServerToolRules;
  /** By the server's own names of the tools (`*` for all others): the functions of the arguments that decide whether a person must agree. */
  readonly approvals: ReadonlyMap<string, DecisionFunction>;
  /** Where it is and how it is reached. Only `mcp/` looks inside. */
  readonly connection: object;
}

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

export interface BranchDefinition {
  readonly kind: "branch";
  readonly name: string | null;
  readonly key: DecisionFunction;
  readonly branches: Readonly<Record<string, Definition>>;
  readonly default: Definition | null;
}

export interface MapDefinition {
  readonly kind: "map";
  readonly name: string | null;
  readonly each: Definition;
  readonly concurrency: number;
  readonly onFailure: "propagate" | "collect";
  readonly merge: MergeStrategy;
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
}

export interface SleepDefinition {
  readonly kind: "sleep";
  readonly name: string;
  /** So many milliseconds, a fixed moment (ms since 1970), or a function that gives a Date, ms since 1970 or ISO text. */
  readonly wake:
    | { readonly afterMs: number }
    | { readonly atMs: number }
    | { readonly decide: DecisionFunction; readonly gives: "duration" | "moment" };
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

export interface TapDefinition {
  readonly kind: "tap";
  readonly name: string | null;
  readonly program: Definition;
  readonly onError: "fail" | "ignore";
}

/** One check of what a program gives. */
export interface ValidatorDefinition {
  readonly name: string;
  readonly check: DecisionFunction;
  readonly minScore: number | null;
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
  /** Called with the failure when nothing is left to try. */
  readonly onFailure: DecisionFunction | null;
  readonly onError: "fail" | { readonly default: unknown };
  readonly resources: ResourceDefinitions;
}

/** A context's schema, and the fields of it that are written by contribution only. */
export interface ContextDefinition {
  readonly schema: Schema;
  readonly reducers: Readonly<Record<string, ReducerName>>;
}
