import { isPlainObject } from "../base/json.ts";
import type { PolicyDefinition } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type {
  FallbacksFit,
  NeedsOfEach,
  NeedsOfRedirects,
  OutputOfEach,
  OwnSpot,
  ProgramFits,
  RedirectsFit,
  RedirectsKnown,
  Scope,
  Scoped,
  ScopeOf,
} from "./fits.ts";
import type { LoosePolicy } from "./policy-definition.ts";
import { policyDefinitionOf } from "./policy-definition.ts";
import type { OutputOr, PolicyOptions } from "./policy-options.ts";
import type { AnyStep, InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";

/** A program with what is to be done around it: what `withPolicy()` makes. */
export interface PolicyStep<in In, out Out, in Ctx, out Name extends string | null, out Sc extends Scope>
  extends Step<In, Out, Ctx>,
    Scoped<Sc> {
  readonly name: Name;
  readonly [definitionKey]: PolicyDefinition;
}

type NameOf<P> = P extends { readonly name: infer Name extends string | null } ? Name : null;

/**
 * A program with what is to be done around it: limits of time, checks of what it gives, retries, fallbacks, what to give when
 * all has failed, and what is kept open meanwhile. The program may be anything, a whole pipeline too; one in which nothing goes
 * wrong gives the same with it and without. `.step(program, options)` is a short way to write `.step(withPolicy(program, options))`.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, naming the program.
 *
 * @example
 * ```ts
 * import { Flujo, step, withPolicy } from "flujo";
 *
 * const rate = step("rate", (currency: string): number => {
 *   throw new Error(`no rate for ${currency}`);
 * });
 * const lastKnown = step("lastKnown", (currency: string) => (currency === "EUR" ? 1.08 : 0));
 * const careful = withPolicy(rate, {
 *   retry: { retries: 2, firstDelayMs: 1 },
 *   fallback: lastKnown,
 *   onFailure: (failure) => console.warn(failure.message),
 *   onError: { default: null },
 * });
 * const flujo = new Flujo();
 * console.log((await flujo.run(careful, "EUR")).unwrap()); // 1.08
 * await flujo.close();
 * ```
 */
export function withPolicy<P, const F = undefined, const D = never, const R = undefined, const Said extends string | undefined = never>(
  program: ProgramFits<P>,
  options: PolicyOptions<InputOf<P>, OutputOf<P>, NeedsOf<P>, FallbacksFit<F, OwnSpot<P>>, D, RedirectsFit<R, P, OwnSpot<P>>, Said> &
    RedirectsKnown<Said, R>,
): PolicyStep<
  InputOf<P>,
  OutputOr<OutputOf<P> | OutputOfEach<F>, D>,
  NeedsOf<P> & NeedsOfEach<F> & NeedsOfRedirects<R>,
  NameOf<P>,
  ScopeOf<P>
>;
export function withPolicy(program: AnyStep, options: LoosePolicy): AnyStep {
  const inner = definitionOf(program);
  const given: unknown = options;
  if (!isPlainObject(given))
    throw invalid("withPolicy()", `its options are ${shown(given)}`, "Write withPolicy(program, { retries, fallback }).");
  const definition = policyDefinitionOf(`the policy of ${inner.name === null ? "a pipeline" : shown(inner.name)}`, inner, options);
  return Object.freeze({ name: inner.name, [definitionKey]: definition });
}
