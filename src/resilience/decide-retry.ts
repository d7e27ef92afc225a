import type { Failure } from "../model/failure.ts";
import { isFinal, isRetryable } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";

/** How long to wait before an attempt: at least so long, and up to `spreadMs` more. Milliseconds. Who performs it picks where in between. */
export interface Delay {
  readonly atLeastMs: number;
  readonly spreadMs: number;
  /** From when it counts, in milliseconds since 1970 by the journal's time, so that a crash does not begin it anew. Left out: from when it is asked for. */
  readonly fromMs?: number;
}

/** At once. */
export const NO_DELAY: Delay = Object.freeze({ atLeastMs: 0, spreadMs: 0 });

/** The longest that a provider's own "retry after" is honoured. Beyond it, giving up is more use to people than waiting. */
export const LONGEST_RETRY_AFTER_MS = 300_000;

/** What to do after a failed attempt that is worth another one. */
export type RetryDecision =
  | { readonly do: "retry"; readonly delay: Delay }
  | { readonly do: "give-up"; readonly why: "asked-to-wait-too-long" };

/**
 * When to try again; waiting and journalling belong to others.
 *
 * The back-off grows by `factor` up to `maxDelayMs`. With full jitter the delay is anywhere between 0 and that, so that
 * many that failed together do not come back together (the method is known from the AWS Architecture Blog, "Exponential
 * Backoff And Jitter", 2015). Where the failure says `details.retryAfterMs`, no attempt is made before that; the spread
 * comes on top.
 */
export function decideRetry(policy: RetryPolicy, failure: Failure, attempt: number): RetryDecision {
  const askedMs = retryAfterOf(failure);
  if (askedMs > LONGEST_RETRY_AFTER_MS) return { do: "give-up", why: "asked-to-wait-too-long" };
  const backOffMs = Math.min(policy.firstDelayMs * policy.factor ** (attempt - 1), policy.maxDelayMs);
  if (policy.jitter === "full") return { do: "retry", delay: { atLeastMs: askedMs, spreadMs: backOffMs } };
  return { do: "retry", delay: { atLeastMs: Math.max(askedMs, backOffMs), spreadMs: 0 } };
}

function retryAfterOf({ details }: Failure): number {
  if (typeof details !== "object" || details === null || Array.isArray(details)) return 0;
  const after = (details as Readonly<Record<string, unknown>>)["retryAfterMs"];
  return typeof after === "number" && Number.isFinite(after) && after > 0 ? after : 0;
}

/** Whether there may be another attempt after this one. Where a function of the author's has the word, it may. */
export function mayRetry(policy: RetryPolicy, failure: Failure, attempt: number): boolean {
  if (attempt >= policy.maxAttempts || isFinal(failure)) return false;
  if (policy.retryOn !== "decided" && !isRetryable(failure, policy.retryOn)) return false;
  return decideRetry(policy, failure, attempt).do === "retry";
}
