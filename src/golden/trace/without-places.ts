import { isPlainObject } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";

/**
 * A value without the places in the author's code that the failures in it were thrown at: they are others in every folder,
 * and after every line that is added above them. Gives back the value itself where there are none.
 */
export function withoutPlaces<T>(value: T): T {
  return stripped(value) as T; // the same, but for a field that may be left out
}

function stripped(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(stripped);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (!isPlainObject(value)) return value;
  const { thrownAt: _, ...others } = value;
  const kept = isFailure(value) ? others : value;
  let copy: Record<string, unknown> | null = kept === value ? null : kept;
  for (const key of Object.keys(kept)) {
    const before = kept[key];
    const after = stripped(before);
    if (after === before) continue;
    copy ??= { ...kept };
    Object.defineProperty(copy, key, { value: after, enumerable: true, writable: true, configurable: true }); // a field may be called __proto__
  }
  return copy ?? value;
}

function isFailure(value: Readonly<Record<string, unknown>>): boolean {
  return (
    typeof value["thrownAt"] === "string" && typeof value["code"] === "string" && typeof value["message"] === "string" && "path" in value
  );
}

/** Whether a failure says where it was thrown. */
export function hasPlace(failure: Failure): boolean {
  return failure.thrownAt !== undefined;
}
