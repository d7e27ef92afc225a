import type { RetryPolicy } from "../model/node.ts";

/** How to try again, in detail. */
export interface RetryOptions {
  /** How many attempts after the first. */
  readonly retries: number;
  /** Milliseconds before the second attempt. @defaultValue `250` */
  readonly firstDelayMs?: number;
  /** Each further delay is this many times the one before; at least 1. @defaultValue `2` */
  readonly factor?: number;
  /** No delay is longer than this, in milliseconds. @defaultValue `10_000` */
  readonly maxDelayMs?: number;
  /**
   * `full`: each delay is anywhere between 0 and what it would be, so that many that failed together do not come back
   * together. `none`: exactly the delay. @defaultValue `"full"` for agents, `"none"` for steps and tools
   */
  readonly jitter?: "full" | "none";
}

/** What may be done when an attempt fails or takes too long. */
export interface AttemptOptions {
  /**
   * How many attempts after the first, with the delays of {@link RetryOptions}. What cannot succeed by trying again (a
   * wrong input) is not tried again. Each attempt of an agent costs its tokens.
   */
  readonly retries?: number;
  /** The same with delays of your own; wins over `retries`. */
  readonly retry?: RetryOptions;
  /** Milliseconds for one attempt (of an agent: for one model call). Default: no limit. Too short: work that was nearly done is thrown away and done again. */
  readonly timeoutMs?: number;
}

/** Their names. */
export const ATTEMPT_OPTIONS = { retries: true, retry: true, timeoutMs: true } as const satisfies AllOf<AttemptOptions>;

/** One line for each option there is. */
export type AllOf<Options> = { readonly [Name in keyof Required<Options>]: true };

/** What holds where the author says nothing. */
export interface RetryDefaults {
  readonly retries: number;
  readonly jitter: "full" | "none";
}

const NO_RETRIES: RetryDefaults = { retries: 0, jitter: "none" };

/** The policy, or null for no second attempt. `compile` refuses numbers that make no sense, naming the place. */
export function retryPolicyOf(options: AttemptOptions, defaults: RetryDefaults = NO_RETRIES): RetryPolicy | null {
  const {
    retries = options.retries ?? defaults.retries,
    firstDelayMs = 250,
    factor = 2,
    maxDelayMs = 10_000,
    jitter = defaults.jitter,
  } = options.retry ?? ({} as Partial<RetryOptions>);
  if (retries === 0) return null;
  const maxAttempts = typeof retries === "number" ? 1 + retries : retries; // JavaScript may have given a text; keep it for the refusal
  return { maxAttempts, firstDelayMs, factor, maxDelayMs, jitter };
}
