import type { Schema } from "../base/schema.ts";
import type { Effect, InDoubtPolicy, RetryPolicy, ServerToolRules, ToolErrorPolicy } from "../model/node.ts";
import type { ReducerName } from "../model/patch.ts";

/** What a user function may look at beside its input. */
export interface DecisionContext {
  /** The context as it is now; read-only. */
  readonly context: unknown;
  /** What the run began with, as text. */
  readonly initialPrompt: string;
  /** Of a loop's functions: which iteration it is, from 0. Of a refine's too. */
  readonly iteration?: number;
  /** Of a machine's guards: how many transitions it has made. */
  readonly hops?: number;
  /** Of the functions of a policy or a refine: what the node was given. */
  readonly input?: unknown;
  /** Of a refine's functions: what was checked. */
  readonly artifact?: unknown;
  /** Of `retryOn`: which attempt has failed, from 1. Of a plugin: which it is. */
  readonly attempt?: number;
  /** Of a plugin: the names of the redirects that were taken before in this attempt, in order. */
  readonly redirected?: readonly string[];
  /** Of a search's functions: the state before; null of the first. */
  readonly from?: unknown;
  /** Of a search's functions: how many states lie before. */
  readonly depth?: number;
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
  /** The fields of the context that it may look at, beside those it may write. Left out: all. */
  readonly reads?: readonly string[];
  /** The fields of the context that it may write. Left out: all. */
  readonly writes?: readonly string[];
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

export interface ToolBase extends WorkOptions {
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

export interface SleepDefinition {
  readonly kind: "sleep";
  readonly name: string;
  /** So many milliseconds, a fixed moment (ms since 1970), or a function that gives a Date, ms since 1970 or ISO text. */
  readonly wake:
    | { readonly afterMs: number }
    | { readonly atMs: number }
    | { readonly decide: DecisionFunction; readonly gives: "duration" | "moment" };
}

/** One check of what a program gives. */
export interface ValidatorDefinition {
  readonly name: string;
  readonly check: DecisionFunction;
  readonly minScore: number | null;
}

/** A reducer of the author's own: what a field of the context becomes by one contribution. Sync and pure. */
export interface ReducerDefinition {
  readonly kind: "reducer";
  readonly reduce: (before: never, contribution: never) => unknown;
  /** Overrides the version of the function, which is the hash of its source text. */
  readonly version: string | null;
}

/** What looks at what a program gives before its validators do. */
export interface PluginDefinition {
  readonly name: string;
  readonly run: DecisionFunction;
}

/** A context's schema, and the fields of it that are written by contribution only. */
export interface ContextDefinition {
  readonly schema: Schema;
  readonly reducers: Readonly<Record<string, ReducerName | ReducerDefinition>>;
}
