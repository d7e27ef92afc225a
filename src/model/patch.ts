/** A path into the context: `["customer", "name"]`. The first segment is a field of the context's schema. */
export type FieldPath = readonly [string, ...(string | number)[]];

/** One write to the context, as data that can be stored, merged and shown. */
export type Patch =
  | { readonly op: "set"; readonly path: FieldPath; readonly value: unknown }
  | { readonly op: "delete"; readonly path: FieldPath }
  /**
   * A contribution to a field that has a reducer; what the field becomes is the reducer's business. Where that is a function of the
   * author's own, `after` holds what the field has become, so that nobody needs the function to read it; it is left out where a later
   * contribution of the same list has it.
   */
  | { readonly op: "contribute"; readonly field: string; readonly value: unknown; readonly after?: { readonly value: unknown } };

/** No writes: one shared value, so that a step that writes nothing costs nothing. */
export const NO_PATCHES: readonly Patch[] = Object.freeze([]);

/** The reducers there are by name. `append` adds an item (or the items of a list) at the end; `own` is a function of the author's. */
export type ReducerName = "append" | "sum" | "max" | "min" | "union" | "own";

/** How the writes of concurrent branches become one. */
export type MergeStrategy = "update" | "overwrite" | "keepFirst" | "none";
