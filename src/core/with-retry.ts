import type { Failure } from "../model/failure.ts";
import { isFinal, isRetryable, sentenceOf } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";
import { attemptPath, decisionPath } from "../model/path.ts";
import type { InstancePath } from "../model/path.ts";
import type { Delay } from "../resilience/decide-retry.ts";
import { decideRetry, LONGEST_RETRY_AFTER_MS, NO_DELAY } from "../resilience/decide-retry.ts";
import type { ExecutionFrame } from "./execution-frame.ts";
import type { Program } from "./program.ts";
import { perform } from "./program.ts";
import type { Tally } from "./tally.ts";

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

/** What is tried again, and by what rule. */
export interface Retrying {
  /** Null: it is tried once. */
  readonly policy: RetryPolicy | null;
  readonly frame: ExecutionFrame;
  readonly tally: Tally;
  /** The key of its attempts where that is not the frame's own: a model's turn, a tool's call. */
  readonly key?: InstancePath;
  /** Beside its node's path, what its function is bound by: an agent's model calls (`call`), one of its tools. */
  readonly of?: string | null;
}

/** Tries until it succeeds or the policy gives up; without a policy, once. A program around a program. */
export function* withRetry<T>(retrying: Retrying, attempt: (which: Attempt) => Program<Attempted<T>>): Program<Attempted<T>> {
  const { policy } = retrying;
  let which = FIRST_ATTEMPT;
  for (;;) {
    const attempted = yield* attempt(which);
    if (attempted.ok || policy === null || isFinal(attempted.failure)) return attempted;
    const { failure } = attempted;
    if (which.number >= policy.maxAttempts) return attempted;
    const { retryOn } = policy;
    if (retryOn === "decided") {
      const wanted = yield* askWhether(retrying, { failure, number: which.number });
      if (!wanted.ok) return wanted;
      if (!wanted.value) return attempted;
    } else if (!isRetryable(failure, retryOn)) return attempted;
    const decision = decideRetry(policy, failure, which.number);
    if (decision.do === "give-up") return notWaitedFor(failure);
    const delay = { ...decision.delay, fromMs: retrying.tally.atMs };
    which = { number: which.number + 1, delay, feedback: failure };
  }
}

/** Asks the author's own function whether this failure is worth another attempt. */
function* askWhether(
  { frame, tally, key = frame.key, of = null }: Retrying,
  { failure, number }: { readonly failure: Failure; readonly number: number },
): Program<Attempted<boolean>> {
  const { node, context } = frame;
  const decided = yield* perform({
    kind: "decide",
    key: decisionPath(attemptPath(key, number), "retryOn"),
    fingerprint: node.fingerprint,
    name: node.name,
    node: node.path,
    about: "retryOn",
    value: failure,
    context,
    detail: { attempt: number, of },
  });
  tally.count(decided);
  const { outcome } = decided;
  return outcome.status === "succeeded" ? { ok: true, value: outcome.value === true } : { ok: false, failure: outcome.failure };
}

/** Why there is no other attempt although there could be one: without a word, it looks like a policy that was not heeded. */
function notWaitedFor(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  const longest = LONGEST_RETRY_AFTER_MS / 60_000;
  const message = `${sentenceOf(failure)} It asks to be left alone for longer than ${longest} minutes, so it was not tried again.`;
  return { ok: false, failure: { ...failure, message } };
}
