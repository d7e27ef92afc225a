import { isPlainObject } from "../../base/json.ts";
import type { FieldPath, Patch, ReducerName } from "../../model/patch.ts";
import { reduceField } from "./reducers.ts";

/** The fields that are written by contribution, and how. */
export type Reducers = Readonly<Record<string, ReducerName>>;

/** The value after the writes. Shares everything that no write touches with the value before. */
export function applyPatches(value: unknown, patches: readonly Patch[], reducers: Reducers): unknown {
  let result = value;
  for (const patch of patches) result = applyPatch(result, patch, reducers);
  return result;
}

/** What a context has in a field; undefined where it is not there. */
export function fieldOf(context: unknown, field: string): unknown {
  return isPlainObject(context) && Object.hasOwn(context, field) ? context[field] : undefined;
}

function applyPatch(value: unknown, patch: Patch, reducers: Reducers): unknown {
  switch (patch.op) {
    case "set":
      return put(value, patch.path, { depth: 0, value: patch.value });
    case "delete":
      return put(value, patch.path, { depth: 0, gone: true });
    case "contribute": {
      const { field, after } = patch;
      const reducer = reducers[field] ?? "append";
      if (reducer === "own") return after === undefined ? value : put(value, [field], { depth: 0, value: after.value });
      return put(value, [field], { depth: 0, value: reduceField(reducer, fieldOf(value, field), patch.value) });
    }
  }
}

interface Change {
  readonly depth: number;
  readonly value?: unknown;
  readonly gone?: boolean;
}

/** A path is as deep as its author wrote it, so recursion over it is bounded by the schema, not by the run. */
function put(container: unknown, path: FieldPath, change: Change): unknown {
  const key = path[change.depth];
  if (key === undefined) return change.value;
  const isLast = change.depth === path.length - 1;
  if (Array.isArray(container)) {
    const copy = [...(container as readonly unknown[])];
    const index = Number(key);
    if (isLast && change.gone === true) copy.splice(index, 1);
    else copy[index] = put(copy[index], path, { ...change, depth: change.depth + 1 });
    return copy;
  }
  const source = typeof container === "object" && container !== null ? (container as Readonly<Record<string, unknown>>) : {};
  if (isLast && change.gone === true) {
    const { [String(key)]: _gone, ...rest } = source;
    return rest;
  }
  const held = Object.hasOwn(source, String(key)) ? source[String(key)] : undefined;
  return { ...source, [key]: put(held, path, { ...change, depth: change.depth + 1 }) };
}
