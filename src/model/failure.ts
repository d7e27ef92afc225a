import type { ErrorCode } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import type { InstancePath } from "./path.ts";

/** Why a step failed, as data: it is journalled, and equal after a resume. */
export interface Failure {
  readonly code: ErrorCode;
  /** What happened and where, in a sentence; no remedy, no stack. */
  readonly message: string;
  /** The instance path of the operation that failed. */
  readonly path: InstancePath;
  /** Whether trying again may help: a wrong input fails again, a broken connection may not. */
  readonly retryable: boolean;
  /** Where in the author's code it was thrown: `file:line:column` of the first frame that is neither ours nor a package's. */
  readonly thrownAt?: string;
  /** What to do about it, where more is known than what `ERRORS` says of the code: which variable to set, what to install. */
  readonly remedy?: string;
  /** The class of what was thrown and those above it, up to `Error`: `["HttpError", "RequestError"]`. Left out where that is a plain `Error`. */
  readonly classes?: readonly string[];
  /** What the run goes on as another run with (`continueAs`); only with the code `continued`. */
  readonly continueWith?: Continuing;
  /** Facts for programs: issues, a status code, the keys there are. */
  readonly details?: Json;
}

/** What a run goes on with as another one. */
export interface Continuing {
  readonly input: unknown;
  /** The context as whoever said so saw it; left out where that was a nested program's own. */
  readonly context?: unknown;
}

/** Its message as a sentence, so that another can follow. */
export function sentenceOf({ message }: Pick<Failure, "message">): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

/** Why an operation was told to stop. Only the first three leave an outcome; after the others it never finished. */
export type AbortReason = "timeout" | "lost-race" | "cancelled" | "drain" | "lease-lost" | "limit";

/** Whether an operation stopped for this reason has an outcome in the journal (design law 9). */
export function leavesOutcome(reason: AbortReason): boolean {
  return reason === "timeout" || reason === "lost-race" || reason === "cancelled";
}

/** Whether it says only that an operation was told to stop, and that this is its outcome. */
export function wasToldToStop({ code, details }: Failure): boolean {
  if (code !== "cancelled" || typeof details !== "object" || details === null || !("reason" in details)) return false;
  return leavesOutcome(details["reason"] as AbortReason);
}

/** Whether nothing may catch this: no retry, no fallback, no default. The run was called off, lost a race or goes on as another run. */
export function isFinal({ code }: Failure): boolean {
  return code === "cancelled" || code === "continued";
}

/**
 * Whether a failure may be tried again: it says so itself or, where there is a list, it has one of these codes or was
 * thrown by one of these classes.
 */
export function isRetryable({ code, retryable, classes = [] }: Failure, retryOn: readonly string[] | undefined): boolean {
  if (retryOn === undefined) return retryable;
  return retryOn.includes(code) || classes.some((name) => retryOn.includes(name));
}
