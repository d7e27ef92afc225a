import type { Failure } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";

/** What to do after a failed attempt. */
export type RetryDecision =
  | { readonly do: "retry"; readonly delayMs: number }
  | { readonly do: "give-up"; readonly why: "not-retryable" | "attempts-spent" };

/** Decides only; waiting and journalling belong to others. Delays grow by `factor` up to `maxDelayMs`. */
export function decideRetry(policy: RetryPolicy, failure: Failure, attempt: number): RetryDecision {
  if (!failure.retryable) return { do: "give-up", why: "not-retryable" };
  if (attempt >= policy.maxAttempts) return { do: "give-up", why: "attempts-spent" };
  return { do: "retry", delayMs: Math.min(policy.firstDelayMs * policy.factor ** (attempt - 1), policy.maxDelayMs) };
}
