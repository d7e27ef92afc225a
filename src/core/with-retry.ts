import type { Failure } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";
import type { Delay } from "../resilience/decide-retry.ts";
import { decideRetry, LONGEST_RETRY_AFTER_MS, NO_DELAY } from "../resilience/decide-retry.ts";
import type { Program } from "./program.ts";

/** Which attempt this is, how long to wait before it, and why the one before it failed. */
export interface Attempt {
  readonly number: number;
  readonly delay: Delay;
  readonly feedback: Failure | null;
}

/** The first attempt of anything. */
export const FIRST_ATTEMPT: Attempt = Object.freeze({ number: 1, delay: NO_DELAY, feedback: null });

/** What an attempt came to: a value, or a failure to decide about. */
export type Attempted<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** Tries until it succeeds or the policy gives up; without a policy, once. A program around a program. */
export function* withRetry<T>(policy: RetryPolicy | null, attempt: (which: Attempt) => Program<Attempted<T>>): Program<Attempted<T>> {
  let which = FIRST_ATTEMPT;
  for (;;) {
    const attempted = yield* attempt(which);
    if (attempted.ok || policy === null) return attempted;
    const decision = decideRetry(policy, attempted.failure, which.number);
    if (decision.do === "give-up") return decision.why === "asked-to-wait-too-long" ? notWaitedFor(attempted.failure) : attempted;
    which = { number: which.number + 1, delay: decision.delay, feedback: attempted.failure };
  }
}

/** Why there is no other attempt although there could be one: without a word, it looks like a policy that was not heeded. */
function notWaitedFor(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  const longest = LONGEST_RETRY_AFTER_MS / 60_000;
  const message = `${failure.message} It asks to be left alone for longer than ${longest} minutes, so it was not tried again.`;
  return { ok: false, failure: { ...failure, message } };
}
