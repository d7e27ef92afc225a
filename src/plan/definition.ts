import type { Schema } from "../base/schema.ts";
import type { Endings } from "../model/ending.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { Effect, InDoubtPolicy, RetryPolicy, ServerToolRules, ToolErrorPolicy } from "../model/node.ts";
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
  | HumanDefinition;

/** What a user function may look at beside its input. */
export interface DecisionContext {
  /** The context as it is now; read-only. */
  readonly context: unknown;
  /** What the run began with, as text. */
  readonly initialPrompt: string;
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
}

export interface HumanDefinition {
  readonly kind: "human";
  readonly name: string;
  readonly show: ShowFunction | null;
  readonly answer: Schema;
}

/** A context's schema, and the fields of it that are written by contribution only. */
export interface ContextDefinition {
  readonly schema: Schema;
  readonly reducers: Readonly<Record<string, ReducerName>>;
}
