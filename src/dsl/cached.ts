import { isPlainObject } from "../base/json.ts";
import type { CacheBackend } from "../model/cache-backend.ts";
import type { CacheDefinition, DecisionFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { Duration } from "./duration.ts";
import { checkedDuration } from "./duration.ts";
import type { ProgramFits, Scope, Scoped, ScopeOf } from "./fits.ts";
import type { AnyStep, InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { DecisionAbout } from "./step-context.ts";

/** What stands for an input in the key of a {@link cached} program: a value, or data of values. Never undefined. */
export type CacheKey = string | number | bigint | boolean | null | object;

/** How a {@link cached} program keeps what it gives. */
export interface CacheOptions<In, Ctx, Name extends string | undefined = string | undefined> {
  /** Its name, and the segment it adds to a path. Default: that of its program. */
  readonly name?: Name;
  /** For how long an outcome counts: milliseconds, or words (`"1 hour"`). Asked of whoever reads it. Default: without end. */
  readonly ttl?: Duration;
  /**
   * Says what stands for the input in the key: what it gives for two inputs alike makes them the same call. Asked once, sync or
   * async; what it throws fails the step, and so does undefined, which would stand for every input alike. Default: the input itself.
   */
  readonly key?: (input: In, about: DecisionAbout<Ctx>) => CacheKey | Promise<CacheKey>;
  /** Where outcomes are kept: `memoryCache()`, `sqliteCache(file)`, or your own. Default: where the run itself is kept. */
  readonly backend?: CacheBackend;
}

/** The context fields that are part of the key. To be given where the program needs a context; may be empty. */
export interface CacheReads<Field extends string> {
  /** What the program reads of its context. Two calls with other values there are two calls. What is read and not named here goes unseen. */
  readonly reads: readonly Field[];
}

type OptionsFor<P, Name extends string | undefined> = [keyof NeedsOf<P>] extends [never]
  ? [options?: CacheOptions<InputOf<P>, NeedsOf<P>, Name>]
  : [options: CacheOptions<InputOf<P>, NeedsOf<P>, Name> & CacheReads<keyof NeedsOf<P> & string>];

/** A program whose outcome is kept: what `cached()` makes. */
export interface CachedStep<in In, out Out, in Ctx, out Name extends string | null, out Sc extends Scope>
  extends Step<In, Out, Ctx>,
    Scoped<Sc> {
  readonly name: Name;
  readonly [definitionKey]: CacheDefinition;
}

type NameOf<P, Name extends string | undefined> = Name extends string
  ? Name
  : P extends { readonly name: infer Own extends string | null }
    ? Own
    : null;

/**
 * A program whose outcome is kept, and recalled where the same is asked again: by any run that keeps in the same place. The
 * same is: the same program with the same code, the same input (or `key`), the same values of the context fields in `reads`.
 *
 * Only successes are kept. A hit gives what the program gave, writes to the context what it wrote, and costs nothing; whether
 * it was one is in the step's metadata (`cache: "hit"` or `"miss"`) and on record, so that a resumed run sees the same. Of
 * equal calls at the same time in one process one runs, and the others wait for it. A cache that fails is a miss, never a
 * failed step: the metadata say why (`cacheProblem`).
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense; when it first runs, for an
 * agent in it that takes part in a thread.
 *
 * @example
 * ```ts
 * import { cached, Flujo, pipeline, step } from "flujo";
 *
 * let asked = 0;
 * const rate = step("rate", (currency: string) => {
 *   asked++;
 *   return currency === "EUR" ? 1.08 : 1;
 * });
 * const rates = pipeline({ name: "rates" }).map(cached(rate, { ttl: "1 hour" }));
 * await using flujo = new Flujo();
 * console.log((await flujo.run(rates, ["EUR", "USD", "EUR"])).unwrap(), asked); // [ 1.08, 1, 1.08 ] 2
 * ```
 */
export function cached<P, const Name extends string | undefined = undefined>(
  program: ProgramFits<P>,
  ...options: OptionsFor<P, Name>
): CachedStep<InputOf<P>, OutputOf<P>, NeedsOf<P>, NameOf<P, Name>, ScopeOf<P>>;
export function cached(program: AnyStep, options: LooseOptions = {}): AnyStep {
  const inner = definitionOf(program);
  const given: unknown = options;
  if (!isPlainObject(given)) throw invalid("cached()", `its options are ${shown(given)}`, 'Write cached(program, { ttl: "1 hour" }).');
  const name = options.name ?? inner.name;
  const at = name === null ? "cached()" : `cached ${shown(name)}`;
  refuseUnknown(at, given, OPTIONS);
  const definition: CacheDefinition = Object.freeze({
    kind: "cache",
    name,
    input: "input" in inner ? inner.input : null,
    program: inner,
    ttlMs: options.ttl === undefined ? null : checkedDuration(at, "ttl", options.ttl),
    reads: options.reads ?? [],
    key: (options.key ?? null) as DecisionFunction | null,
    backend: options.backend ?? null,
  });
  return Object.freeze({ name, [definitionKey]: definition });
}

type LooseOptions = CacheOptions<never, never> & Partial<CacheReads<string>>;

const OPTIONS: AllOf<LooseOptions> = { name: true, ttl: true, key: true, backend: true, reads: true };
