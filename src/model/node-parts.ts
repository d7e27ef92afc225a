import type { Json } from "../base/json.ts";
import type { HistoryPolicy } from "./history-policy.ts";
import type { FieldPath } from "./patch.ts";

/** How often to try again after a failure, and how long to wait. Data: it is stored and drawn. */
export interface RetryPolicy {
  /** Attempts in all: 1 + retries. */
  readonly maxAttempts: number;
  /** Milliseconds before the second attempt. */
  readonly firstDelayMs: number;
  /** Each further delay is this many times the one before. */
  readonly factor: number;
  /** No delay is longer than this, in milliseconds; one that a provider asks for may be, up to 5 minutes. */
  readonly maxDelayMs: number;
  /** `full`: a delay is anywhere between 0 and what it would be, so that many that failed together do not come back together. */
  readonly jitter: "full" | "none";
  /**
   * Which failures are tried again: those with one of these codes, or thrown by a class of one of these names (`RangeError`);
   * `decided`: a function says. Left out: those that say of themselves that trying again may help.
   */
  readonly retryOn?: readonly string[] | "decided";
}

/**
 * What an operation does to the world: `none` may run again after a crash without a trace, `idempotent` may run again
 * with the same idempotency key, `once` commits an intent before it starts.
 */
export type Effect = "none" | "idempotent" | "once";

/** When a machine goes from one state to another. */
export interface MachineRule {
  /** The states it leads out of. */
  readonly from: readonly string[];
  /** `success`, `failure`, or the codes of the failures it is for. */
  readonly when: "success" | "failure" | readonly string[];
  /** Whether a function says that it is made. */
  readonly isGuarded: boolean;
  readonly to: string;
}

/** One check of what a node gives. */
export interface ValidatorSpec {
  /** Unique among those of its node. */
  readonly name: string;
  /** A score below this is a failure; null where only the verdict counts. */
  readonly minScore: number | null;
}

/** How many functions of the author's an agent has beside its model. */
export interface ProcessorCounts {
  /** Of those that make what its model is told of its instructions and its input. Absent: none. */
  readonly promptProcessors?: number;
  /** Of those that make its output of what its model gave. Absent: none. */
  readonly outputProcessors?: number;
}

/** What becomes of a failure that nothing else has caught: it stays one, or the node gives this value instead, or what a function says. */
export type OnError = "fail" | { readonly default: Json } | "decided";

/** What becomes of an agent whose tool failed: the model is told and may try otherwise, or the agent fails. */
export type ToolErrorPolicy = "tell" | "fail";

/** What happens to an operation of `effect: "once"` of which nobody knows whether it was done: again with the same idempotency key, or a failure. */
export type InDoubtPolicy = "retry" | "fail";

/** How many of a parallel's branches are waited for: all, the first that succeeds, or the first so many. */
export type Join = "all" | "any" | number;

/** How the end of a wait in time is told: so long after it began, at a fixed moment (ms since 1970), or as a function says. */
export type WakeTime = { readonly afterMs: number } | { readonly atMs: number } | "decided";

/** Says of a node which kind of an author's own made it. Nothing that runs depends on it. */
export interface KindMark {
  /** What the kind is called. */
  readonly kind: string;
  /** Hash of the function that expands it. */
  readonly version: string;
  /** What it says of the options that it was given; empty where it says nothing. */
  readonly caption: string;
  /** Whether what is done around the node is of the kind's making, too. Absent: it is not, or nothing is done. */
  readonly hasPolicy?: true;
}

/** Which fields of the context something may look at and write, by name; null: all. What may be written may be looked at. */
export interface ContextAccess {
  readonly reads: readonly string[] | null;
  readonly writes: readonly string[] | null;
}

/** The rules that a tool is run by, whoever runs it. */
export interface ServerToolRules {
  readonly effect: Effect;
  readonly timeoutMs: number | null;
  readonly onError: ToolErrorPolicy;
  /** Whether a person must agree to each call; `decided`: a function of the arguments says so. */
  readonly approval: "never" | "always" | "decided";
  readonly inDoubt: InDoubtPolicy;
}

/** A tool server that an agent may use. Where it is and how it is reached is in the bindings, never in the plan. */
export interface ToolServerSpec {
  readonly name: string;
  /** Put before the name of each of its tools; may be empty. */
  readonly prefix: string;
  /** By the server's own names of its tools, the rules of each; those not named are not offered. Null: all, by `rules`. */
  readonly allow: Readonly<Record<string, ServerToolRules>> | null;
  readonly rules: ServerToolRules;
  readonly fingerprint: string;
}

/**
 * What is done around a node. From the inside: an attempt within its time, what it gave checked, tried again, other nodes in
 * its place, told, replaced by a value. A node without one pays for none.
 */
export interface PolicyAround<Node> {
  readonly retry: RetryPolicy | null;
  /** Milliseconds for each attempt. */
  readonly timeoutMs: number | null;
  /** Milliseconds for all attempts and fallbacks together, delays included. */
  readonly totalTimeoutMs: number | null;
  readonly validators: readonly ValidatorSpec[];
  /** The names of the functions that look at what it gives before its validators do, in order. Absent: none. */
  readonly plugins?: readonly string[];
  /** What plugins may have run in its place, by the names they say. Absent: nothing. */
  readonly redirects?: Readonly<Record<string, Node>>;
  /** What runs in its place when it has failed, one after the other. */
  readonly fallbacks: readonly Node[];
  /** Whether a function is told of its failure. */
  readonly tellsFailure: boolean;
  readonly onError: OnError;
  /** The names of the resources that are kept open for everything in it. */
  readonly resources: readonly string[];
  /** Where in the context what it gives is written, too: a field, and the way into it. Absent: nowhere. */
  readonly sinkTo?: FieldPath;
  /** What undoes what it has done, where the saga around it fails. Absent: nothing. */
  readonly compensation?: Node;
}

/** What goes round and round. */
export interface Rounds {
  /** What agents in it that have no history of their own are given of what was said in its iterations before. Absent: nothing. */
  readonly history?: HistoryPolicy;
}
