import { LONGEST_TIMER_MS } from "../base/clock.ts";
import type { Json } from "../base/json.ts";
import { isPlainObject } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import type { Effect, InDoubtPolicy, RetryPolicy } from "../model/node.ts";
import type { MergeStrategy, ReducerName } from "../model/patch.ts";
import { invalid, shown } from "./invalid.ts";

// Types do not reach JavaScript, hand-made definitions and options that come out of a file: what a plan rests on is
// looked at here once, so that nothing after it has to.

const EFFECTS: ReadonlySet<unknown> = new Set<Effect>(["none", "idempotent", "once"]);
const IN_DOUBT: ReadonlySet<unknown> = new Set<InDoubtPolicy>(["retry", "fail"]);
const MERGES: ReadonlySet<unknown> = new Set<MergeStrategy>(["update", "overwrite", "keepFirst", "none"]);
const REDUCERS: ReadonlySet<unknown> = new Set<Exclude<ReducerName, "own">>(["append", "sum", "max", "min", "union"]);

/** Whether it is a schema of any library that follows Standard Schema. Those of arktype are functions. */
export function isSchema(value: unknown): value is Schema {
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return false;
  const standard: unknown = (value as { readonly "~standard"?: unknown })["~standard"];
  return typeof standard === "object" && standard !== null && "validate" in standard && typeof standard.validate === "function";
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a schema or null. */
export function checkSchema(at: string, slot: string, value: unknown): void {
  if (value === null || isSchema(value)) return;
  throw invalid(
    at,
    `${slot} is ${shown(value)}, not a schema`,
    "Give a schema of a library that follows Standard Schema: zod, valibot, arktype.",
  );
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a function. */
export function checkFunction(at: string, slot: string, value: unknown): void {
  if (typeof value !== "function") throw invalid(at, `${slot} is ${shown(value)}, not a function`, `Give a function as ${slot}.`);
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a text with something in it. */
export function checkText(at: string, slot: string, value: unknown): void {
  if (typeof value !== "string" || value.trim() === "") {
    throw invalid(at, `${slot} is ${value === "" ? "empty" : shown(value)}`, `Give ${slot} as text.`);
  }
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is an effect. */
export function checkEffect(at: string, value: unknown): void {
  if (!EFFECTS.has(value)) throw invalid(at, `effect is ${shown(value)}`, 'Declare "none", "idempotent" or "once".');
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a policy. */
export function checkInDoubt(at: string, value: unknown): void {
  if (!IN_DOUBT.has(value)) throw invalid(at, `inDoubt is ${shown(value)}`, 'Declare "retry" or "fail".');
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a strategy. */
export function checkMerge(at: string, value: unknown): void {
  if (!MERGES.has(value)) throw invalid(at, `merge is ${shown(value)}`, 'Choose "update", "overwrite", "keepFirst" or "none".');
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a function that answers at once. */
export function checkReduce(at: string, slot: string, value: unknown): void {
  checkFunction(at, slot, value);
  if (Object.prototype.toString.call(value) === "[object AsyncFunction]")
    throw invalid(at, `${slot} is async`, "Let it answer at once; what takes time belongs to the step that contributes.");
}

/** @throws {FlujoError} `pipeline_invalid`, unless every field has a reducer that there is. */
export function checkReducers(at: string, value: unknown): void {
  if (!isPlainObject(value)) throw invalid(at, "the context's reducers are not an object", 'Write them as { field: "append" }.');
  for (const [field, reducer] of Object.entries(value)) {
    if (field === "__proto__") throw invalid(at, 'the context has a field "__proto__"', "Choose another name.");
    if (REDUCERS.has(reducer)) continue;
    if (isPlainObject(reducer) && reducer["kind"] === "reducer") {
      checkReduce(at, `the reducer of the context's field "${field}"`, reducer["reduce"]);
      continue;
    }
    const remedy = "Choose append, sum, max, min or union, or give one of your own: reducer((before, contribution) => after).";
    throw invalid(at, `the context's field "${field}" has the reducer ${shown(reducer)}`, remedy);
  }
}

/** How many at the same time. No bound is written `Infinity`; a plan, which is JSON, holds the largest integer instead. */
export function checkedConcurrency(at: string, value: unknown): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalid(at, `concurrency is ${shown(value)}`, "Give a whole number of at least 1, or Infinity.");
}

/** Milliseconds, or null for no limit, which may also be written `Infinity`. */
export function checkedTimeout(at: string, value: unknown, slot = "timeoutMs"): number | null {
  if (value === null || value === Number.POSITIVE_INFINITY) return null;
  if (typeof value === "number" && value > 0 && value <= LONGEST_TIMER_MS) return value;
  throw invalid(
    at,
    `${slot} is ${shown(value)}`,
    `Give milliseconds, more than 0 and at most ${LONGEST_TIMER_MS} (24 days), or leave it out.`,
  );
}

/** @throws {FlujoError} `pipeline_invalid`, unless it is a whole number of at least 1. */
export function checkedMaxTurns(at: string, value: unknown): number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalid(at, `maxTurns is ${shown(value)}`, "Give a whole number of at least 1.");
}

/** A frozen copy of the policy, or null for no second attempt. */
export function checkedRetry(at: string, policy: RetryPolicy | null): RetryPolicy | null {
  if (policy === null) return null;
  if (!isPlainObject(policy)) throw invalid(at, `retry is ${shown(policy)}`, "Give { retries, firstDelayMs, factor, maxDelayMs }.");
  const { maxAttempts, firstDelayMs, factor, maxDelayMs, jitter } = policy;
  if (!Number.isSafeInteger(maxAttempts) || maxAttempts < 1) {
    const retries = typeof maxAttempts === "number" ? maxAttempts - 1 : maxAttempts;
    throw invalid(at, `retries is ${shown(retries)}`, "Give a whole number of at least 0.");
  }
  if (!isDelay(firstDelayMs)) throw invalid(at, `retry.firstDelayMs is ${shown(firstDelayMs)}`, "Give milliseconds, 0 or more.");
  if (!isDelay(maxDelayMs)) throw invalid(at, `retry.maxDelayMs is ${shown(maxDelayMs)}`, "Give milliseconds, 0 or more.");
  if (!Number.isFinite(factor) || factor < 1) throw invalid(at, `retry.factor is ${shown(factor)}`, "Give a number of at least 1.");
  if (jitter !== "full" && jitter !== "none") throw invalid(at, `retry.jitter is ${shown(jitter)}`, 'Choose "full" or "none".');
  if (maxAttempts === 1) return null;
  const checked = { maxAttempts, firstDelayMs, factor, maxDelayMs, jitter };
  return Object.freeze(policy.retryOn === undefined ? checked : { ...checked, retryOn: policy.retryOn });
}

/**
 * A value that stands in a plan: what JSON can say, and nothing that it would lose.
 *
 * @throws {FlujoError} `pipeline_invalid`
 */
export function checkedDefault(at: string, slot: string, value: unknown): Json {
  const text = jsonText(value);
  if (text !== null) return JSON.parse(text) as Json;
  throw invalid(
    at,
    `${slot} is no plain data`,
    "Give what JSON can say (text, numbers, true, false, null, lists, objects), or a function that returns it.",
  );
}

/** Null where JSON has no words for some of it. */
function jsonText(value: unknown): string | null {
  let isPlain = true;
  const text = attempt(() =>
    JSON.stringify(value, (_key, inner: unknown) => {
      const isData = inner === null || ["string", "boolean"].includes(typeof inner) || Number.isFinite(inner);
      if (!isData && !Array.isArray(inner) && !isPlainObject(inner)) isPlain = false;
      return inner;
    }),
  );
  return isPlain && typeof text === "string" ? text : null;
}

/** Undefined where it throws: a circle, a getter that fails. */
function attempt(say: () => string): string | undefined {
  try {
    return say();
  } catch {
    return undefined; // said by the caller: it is no plain data
  }
}

function isDelay(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= LONGEST_TIMER_MS;
}

/** How often something may go round; null for no bound. */
export function checkedIterations(at: string, value: unknown): number | null {
  if (value === null || value === Number.POSITIVE_INFINITY) return null;
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
  throw invalid(at, `maxIterations is ${shown(value)}`, "Give a whole number of at least 1.");
}
