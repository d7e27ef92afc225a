import type { ErrorCode } from "../base/errors.ts";
import { ERRORS, FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import type { Failure } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";
import type { DecisionFunction } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { DecisionAbout } from "./step-context.ts";

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
   * together. `none`: exactly the delay. @defaultValue `"full"` for agents, `"none"` for steps, tools and policies
   */
  readonly jitter?: "full" | "none";
}

/** A class of errors, by which `retryOn` knows what was thrown. Only its name counts, and those of the classes above it. */
export type ErrorClass = abstract new (...args: never) => Error;

/** What `retryOn` may look at beside the failure. */
export interface RetryAbout<Ctx = unknown> extends DecisionAbout<Ctx> {
  /** Which attempt has failed, from 1. */
  readonly attempt: number;
}

/** What may be done when an attempt fails or takes too long. */
export interface AttemptOptions<Ctx = unknown> {
  /**
   * How many attempts after the first, with the delays of {@link RetryOptions}. What cannot succeed by trying again (a
   * wrong input) is not tried again. Each attempt of an agent costs its tokens.
   */
  readonly retries?: number;
  /** The same with delays of your own; wins over `retries`. */
  readonly retry?: RetryOptions;
  /**
   * Which failures are tried again: a list of error codes and of error classes, or a function that says so of each. It alone
   * decides; only what was called off is never tried again. Default: what may help says so itself (`failure.retryable`).
   */
  readonly retryOn?: readonly (ErrorCode | ErrorClass)[] | ((failure: Failure, about: RetryAbout<Ctx>) => boolean | Promise<boolean>);
  /** Milliseconds for one attempt (of an agent: for one model call). Default: no limit. Too short: work that was nearly done is thrown away and done again. */
  readonly timeoutMs?: number;
}

/** Their names. */
export const ATTEMPT_OPTIONS = { retries: true, retry: true, retryOn: true, timeoutMs: true } as const satisfies AllOf<AttemptOptions>;

/** One line for each option there is. */
export type AllOf<Options> = { readonly [Name in keyof Required<Options>]: true };

/** What holds where the author says nothing. */
export interface RetryDefaults {
  readonly retries: number;
  readonly jitter: "full" | "none";
}

const NO_RETRIES: RetryDefaults = { retries: 0, jitter: "none" };

/** The part of a definition that says what is tried again. */
interface Retrying {
  readonly retry: RetryPolicy | null;
  readonly retryWhen?: DecisionFunction;
}

/**
 * What is tried again, and when. `compile` refuses numbers that make no sense, naming the place.
 *
 * @throws {FlujoError} `pipeline_invalid` for a `retryOn` that names nothing, or that nothing asks.
 */
export function retryingOf<Ctx>(at: string, options: AttemptOptions<Ctx>, defaults: RetryDefaults = NO_RETRIES): Retrying {
  const {
    retries = options.retries ?? defaults.retries,
    firstDelayMs = 250,
    factor = 2,
    maxDelayMs = 10_000,
    jitter = defaults.jitter,
  } = options.retry ?? ({} as Partial<RetryOptions>);
  const retryOn: unknown = options.retryOn;
  if (retries === 0) {
    if (retryOn === undefined) return { retry: null };
    throw invalid(at, "it has a retryOn, and no retries", "Say with `retries` how often it is tried again, or leave retryOn out.");
  }
  const maxAttempts = typeof retries === "number" ? 1 + retries : retries; // JavaScript may have given a text; keep it for the refusal
  const policy = { maxAttempts, firstDelayMs, factor, maxDelayMs, jitter };
  if (retryOn === undefined) return { retry: policy };
  if (typeof retryOn === "function") return { retry: { ...policy, retryOn: "decided" }, retryWhen: retryOn as DecisionFunction };
  return { retry: { ...policy, retryOn: codesOf(at, retryOn) } };
}

function codesOf(at: string, retryOn: unknown): readonly string[] {
  if (!Array.isArray(retryOn) || retryOn.length === 0) {
    const remedy = "Give a list of error codes and error classes, or a function of the failure.";
    throw invalid(at, `retryOn is ${Array.isArray(retryOn) ? "an empty list" : shown(retryOn)}`, remedy);
  }
  return Object.freeze(retryOn.map((each: unknown) => (typeof each === "function" ? classNameOf(at, each) : codeOf(at, each))));
}

function codeOf(at: string, code: unknown): string {
  const codes = Object.keys(ERRORS);
  if (typeof code !== "string" || !codes.includes(code)) {
    const near = typeof code === "string" ? didYouMean(code, codes) : "";
    throw invalid(
      at,
      `retryOn names ${shown(code)}, which is no error code`,
      `ERRORS lists those there are; a class is given itself.${near}`,
    );
  }
  if (code === "cancelled" || code === "continued")
    throw invalid(at, `retryOn names "${code}", which nothing tries again`, "Leave it out.");
  return code;
}

/** What was thrown is known by the names of its classes below `Error`. */
function classNameOf(at: string, made: { readonly name: string; readonly prototype?: unknown }): string {
  if (made === Error)
    throw invalid(at, "retryOn names Error, which every error is", "Name a class below it, or give a function: () => true.");
  if (made === FlujoError) throw invalid(at, "retryOn names FlujoError, whose errors are told apart by their codes", "Name the codes.");
  if (made.prototype instanceof Error && made.name !== "") return made.name;
  throw invalid(at, "retryOn holds a function that is no class of errors with a name", "Give the function itself as retryOn, or a class.");
}
