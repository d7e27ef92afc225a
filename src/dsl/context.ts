import { isPlainObject } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import { checkReducers, isSchema } from "../plan/checks.ts";
import type { ContextDefinition } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { Context, ContextSource, Marked, ReducerOf } from "./context-types.ts";

/**
 * Declares what the steps of a run share: a schema of an object, and which of its fields are written by contribution
 * only. Such a field may be written by branches that run at the same time; what it becomes is its reducer's business:
 *
 * - `append`: a list; adds an item, or the items of a list, at the end;
 * - `union`: a list; the same without what is in it already;
 * - `sum`, `max`, `min`: a number (`max` and `min`: also a text or a date);
 * - {@link reducer}`((before, contribution) => after)`: whatever that makes of it.
 *
 * Where no field needs a reducer, the schema alone will do: `pipeline({ context: schema })`.
 *
 * @throws {FlujoError} `pipeline_invalid` for a reducer that there is not, or a schema that is none.
 *
 * @example
 * ```ts
 * import { context, pipeline, step } from "flujo";
 * import { z } from "zod";
 *
 * const Shared = context(z.object({ customer: z.string().default(""), notes: z.array(z.string()).default([]) }), { notes: "append" });
 * const look = step({
 *   name: "look",
 *   context: Shared,
 *   run: (order: string, { update, contribute }) => {
 *     update((draft) => {
 *       draft.customer = "Ada";
 *     });
 *     contribute("notes", `looked at ${order}`);
 *     return order;
 *   },
 * });
 * export const orders = pipeline({ name: "orders", input: z.string(), context: Shared }).step(look);
 * ```
 */
export function context<
  Start,
  Value extends object,
  const Reducers extends { readonly [Field in keyof Value]?: ReducerOf<Value[Field]> } = Record<never, never>,
>(schema: Schema<Start, Value>, reducers?: Reducers): Context<Marked<Value, Reducers>, Start>;
export function context(schema: Schema, reducers: ContextDefinition["reducers"] = {}): Context<unknown> {
  if (!isSchema(schema)) throw invalid("context()", `${shown(schema)} is not a schema`, "Give a schema of an object.");
  checkReducers("context()", reducers);
  return Object.freeze({ definition: Object.freeze({ schema, reducers: Object.freeze({ ...reducers }) }) });
}

/** The definition behind a context source, or null where there is none. What is neither is refused by `compile`. */
export function contextDefinitionOf(source: ContextSource | undefined): ContextDefinition | null {
  if (source === undefined) return null;
  if (!isSchema(source) && isPlainObject(source) && "definition" in source) return source.definition;
  return { schema: source as Schema, reducers: {} };
}
