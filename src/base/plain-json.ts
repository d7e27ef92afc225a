import { isPlainObject } from "./json.ts";

/**
 * Any value as what JSON has words for: what it has none for is said by the nearest it has. Dates and URLs become text, a
 * bigint its digits, a Set a list, a Map an object (or a list of pairs where its keys are no text), bytes base64, an
 * instance of a class what its `toJSON` says or else its fields. `JSON.stringify` makes null of a number that is none.
 */
export function plainJson(value: unknown): unknown {
  return plain(value, new Set());
}

function plain(value: unknown, above: Set<object>): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date || value instanceof URL) return value.toJSON();
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64");
  if (above.has(value)) return "[circular]";
  above.add(value);
  const made = membersOf(value, (member) => plain(member, above));
  above.delete(value);
  return made;
}

function membersOf(value: object, each: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(each);
  if (value instanceof Set) return [...value].map(each);
  if (value instanceof Map) {
    const entries = [...value] as readonly (readonly [unknown, unknown])[];
    const areNames = entries.every(([key]) => typeof key === "string");
    return areNames
      ? objectOf(entries.map(([key, member]) => [String(key), each(member)]))
      : entries.map(([key, member]) => [each(key), each(member)]);
  }
  if (isPlainObject(value)) return objectOf(Object.entries(value).map(([key, member]) => [key, each(member)]));
  if (hasToJson(value)) return each(value.toJSON());
  return objectOf(Object.entries(value).map(([key, member]) => [key, each(member)]));
}

/** Whether a value says itself what JSON makes of it. */
export function hasToJson(value: object): value is { toJSON(): unknown } {
  return "toJSON" in value && typeof value.toJSON === "function";
}

/** Defines rather than assigns: a key may be `__proto__`. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}
