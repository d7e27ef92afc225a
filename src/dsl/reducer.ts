import { checkReduce } from "../plan/checks.ts";
import type { ReducerDefinition } from "../plan/definition.ts";
import type { OwnReducer } from "./context-types.ts";

/** Options of {@link reducer}. */
export interface ReducerOptions {
  /** Stands for the function when a run is resumed with other code. Default: the hash of its source text. */
  readonly version?: string;
}

/**
 * A reducer of your own for a field of the {@link context}: what the field becomes by one contribution. What steps may contribute is
 * the type of its second parameter, which may be another than that of the field.
 *
 * It is asked when a step contributes, with the field as that step sees it. Where several contribute at the same time, it is asked
 * anew for each of their contributions, in the order in which they are declared, so that nothing depends on who was first. It answers
 * at once, and changes nothing: what it is given is frozen.
 *
 * A step whose contribution it throws at fails as `step_failed`, where branches come together their join as `decision_failed`;
 * what it makes and the field's schema refuses is `context_invalid`. All of them name the field.
 *
 * @param reduce - Takes what the field is, `undefined` where it is not there, and a contribution; returns what the field becomes.
 * @throws {FlujoError} `pipeline_invalid` for what is no function, or is an async one.
 *
 * @example
 * ```ts
 * import { context, Flujo, pipeline, reducer, step } from "flujo";
 * import { z } from "zod";
 *
 * const Ballot = context(z.object({ votes: z.record(z.string(), z.number()).default({}) }), {
 *   votes: reducer((before, name: string) => ({ ...before, [name]: (before[name] ?? 0) + 1 })),
 * });
 * const vote = (name: string) => step({ name: "vote", context: Ballot, run: (_: null, { contribute }) => contribute("votes", name) });
 * const poll = pipeline({ name: "poll", input: z.null(), context: Ballot }).parallel({ a: vote("tea"), b: vote("tea"), c: vote("milk") });
 *
 * const flujo = new Flujo();
 * console.log((await flujo.run(poll, null)).context); // { votes: { tea: 2, milk: 1 } }
 * await flujo.close();
 * ```
 */
export function reducer<Before, Contribution, After>(
  reduce: (before: Before, contribution: Contribution) => After,
  { version }: ReducerOptions = {},
): OwnReducer<Before, Contribution, After> {
  checkReduce("reducer()", "the reducer", reduce);
  const definition: ReducerDefinition = { kind: "reducer", reduce, version: version ?? null };
  return Object.freeze(definition);
}
