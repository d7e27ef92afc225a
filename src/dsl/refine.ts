import type { DecisionFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import { isPlainObject } from "../base/json.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { CritiqueFits, CritiqueSays, ProgramFits, RefineInput } from "./fits.ts";
import type { AnyStep, NamedStep, NeedsOf, OutputOf } from "./program.ts";
import { definitionKey, definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { DecisionAbout } from "./step-context.ts";

/** What the functions of a refine may look at beside the check. */
export interface RefineAbout<In, Artifact, Ctx = unknown> extends DecisionAbout<Ctx> {
  /** What the refine was given. */
  readonly input: In;
  /** What was checked. */
  readonly artifact: Artifact;
  /** Which time it was made, from 0. */
  readonly iteration: number;
}

/** What a critique is given. */
export interface Critiqued<In, Artifact> {
  /** What the refine was given. */
  readonly input: In;
  /** What the generator made of it. */
  readonly artifact: Artifact;
}

/** What a refine gives; never `accepted: false` where `onExhausted` is `"fail"`. */
export type Refined<Artifact, Check, OnExhausted = "return"> =
  | RefinedAs<true, Artifact, Check>
  | (OnExhausted extends "fail" ? never : RefinedAs<false, Artifact, Check>);

/** What a refine gives, by whether the artifact was accepted. */
export interface RefinedAs<Accepted extends boolean, Artifact, Check> {
  readonly accepted: Accepted;
  /** The last that was made. */
  readonly artifact: Artifact;
  /** What the critique gave of it. */
  readonly check: Check;
  /** How often it was made. */
  readonly iterations: number;
}

/** What `refine()` takes. */
export interface RefineOptions<Name extends string, G, C, Ctx, OnExhausted extends "return" | "fail"> {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /**
   * Makes the artifact, each time of the same input. From the second time on it is told what was wrong with the one before: a step
   * finds it in `context.feedback` (the words in `message`, the artifact and the check in `details`), an agent in its prompt.
   */
  readonly generate: ProgramFits<G>;
  /** Judges it. Gives true, false or `{ ok, score, feedback }`; or anything else, which `accept` then makes sense of. */
  readonly critique: CritiqueFits<C, G>;
  /** How often it is made at most. Too few: it is never good enough. Too many: what never is good enough costs that often. */
  readonly maxIterations: number;
  /** Says of a check whether it accepts the artifact. Left out: the check itself says so. */
  readonly accept?: (check: OutputOf<C>, about: RefineAbout<RefineInput<G, C>, OutputOf<G>, Ctx>) => boolean | Promise<boolean>;
  /** Says of a check that does not accept what is wrong, for the next time. Left out: the check's own `feedback`, or the check as text. */
  readonly feedback?: (check: OutputOf<C>, about: RefineAbout<RefineInput<G, C>, OutputOf<G>, Ctx>) => string | Promise<string>;
  /**
   * What `maxIterations` without an accepted artifact means. `return`: the last artifact and its check, as `accepted: false`.
   * `fail`: the failure `refine_exhausted`. @defaultValue `"return"`
   */
  readonly onExhausted?: OnExhausted;
  /**
   * How much the agents in it are given of what they were asked and said themselves in its iterations before. It is for those that have
   * no `history` of their own. Left out: nothing.
   */
  readonly history?: HistoryPolicy;
}

interface LooseOptions {
  readonly name: string;
  readonly generate: AnyStep;
  readonly critique: AnyStep;
  readonly maxIterations: number;
  readonly accept?: unknown;
  readonly feedback?: unknown;
  readonly onExhausted?: "return" | "fail";
  readonly history?: HistoryPolicy;
}

const KNOWN: AllOf<LooseOptions> = {
  name: true,
  generate: true,
  critique: true,
  maxIterations: true,
  accept: true,
  feedback: true,
  onExhausted: true,
  history: true,
};

/**
 * A generator and its critic: something is made, judged, and made again, told what was wrong, until it is accepted or has been
 * made `maxIterations` times. What both write to the context is kept, of every time.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense, naming the refine.
 *
 * @example
 * ```ts
 * import { Flujo, refine, step } from "flujo";
 *
 * const write = step("write", (topic: string, { feedback }) => (feedback === null ? topic : `${topic}, at length`));
 * const judge = step("judge", ({ artifact }: { input: string; artifact: string }) => {
 *   return { ok: artifact.length > 10, feedback: "It is too short." };
 * });
 * const essay = refine({ name: "essay", generate: write, critique: judge, maxIterations: 3 });
 *
 * const flujo = new Flujo();
 * console.log((await flujo.run(essay, "Tides")).unwrap().artifact); // Tides, at length
 * await flujo.close();
 * ```
 */
export function refine<const Name extends string, G, C, const OnExhausted extends "return" | "fail" = "return">(
  options: RefineOptions<Name, G, C, NeedsOf<G> & NeedsOf<C>, OnExhausted> & CritiqueSays<C>,
): NamedStep<RefineInput<G, C>, Refined<OutputOf<G>, OutputOf<C>, OnExhausted>, NeedsOf<G> & NeedsOf<C>, Name>;
export function refine(options: LooseOptions): unknown {
  const given: unknown = options;
  if (!isPlainObject(given))
    throw invalid("refine()", `its options are ${shown(given)}`, "Write refine({ name, generate, critique, maxIterations }).");
  refuseUnknown("refine()", options, KNOWN);
  const { name, generate, critique, maxIterations, accept, feedback, onExhausted = "return", history } = options;
  const definition = Object.freeze({
    kind: "refine" as const,
    name,
    generate: definitionOf(generate),
    critique: definitionOf(critique),
    maxIterations,
    onExhausted,
    accept: (accept as DecisionFunction | undefined) ?? null,
    feedback: (feedback as DecisionFunction | undefined) ?? null,
    ...(history === undefined ? {} : { history }),
  });
  return Object.freeze({ name, [definitionKey]: definition });
}
