import type { Json } from "../base/json.ts";

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

/** Which fields of the context something may look at and write, by name; null: all. What may be written may be looked at. */
export interface ContextAccess {
  readonly reads: readonly string[] | null;
  readonly writes: readonly string[] | null;
}
