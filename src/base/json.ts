/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A plain object: made by a literal, `Object.create(null)` or `JSON.parse`, not by a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * JSON with the keys of every object in alphabetical order, so that equal data has equal text. The input of every
 * fingerprint.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (!isPlainObject(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * A copy of a value as JSON can say it: a Date as ISO text, a bigint as its digits, fields without a value left out.
 * `undefined` where JSON has no word for it: instances of other classes, functions, numbers that are none.
 */
export function plainJsonOf(value: unknown): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) {
    const items = value.map(plainJsonOf);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (!isPlainObject(value)) return undefined;
  const fields: [string, Json][] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (inner === undefined) continue;
    const plain = plainJsonOf(inner);
    if (plain === undefined) return undefined;
    fields.push([key, plain]);
  }
  return Object.fromEntries(fields);
}
