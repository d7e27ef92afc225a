import { isDeepStrictEqual } from "node:util";
import { hasToJson } from "../../base/plain-json.ts";
import { isPlainObject } from "../../base/json.ts";
import { writerOf } from "../../serialize/custom-types.ts";
import { envelopeOf } from "../../serialize/envelope.ts";

/** So many pairs are compared before it is noted which were, which is what ends circles and keeps shared values cheap. */
const NOTED_AFTER = 1_000;

/**
 * Whether two values say the same. Nothing is read of a value that is the very same object; how deep they are does not
 * matter, nor in which order an object has its fields. `0` is not `-0`, and `NaN` is `NaN`.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  const open: object[] = [];
  if (!same(one, other, open)) return false;
  let noted: Map<object, object> | null = null;
  let count = 0;
  while (open.length > 0) {
    const b = open.pop();
    const a = open.pop();
    if (a === undefined || b === undefined) break;
    if (++count > NOTED_AFTER) {
      noted ??= new Map();
      if (noted.get(a) === b) continue; // it is open, or was the same
      noted.set(a, b);
    }
    if (!sameMembers(a, b, open)) return false;
  }
  return true;
}

/** Compares what is no object at once, and leaves the rest open, in pairs. */
function sameMembers(a: object, b: object, open: object[]): boolean {
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!same(a[index], b[index], open)) return false;
    return true;
  }
  if (isPlainObject(a)) {
    if (!isPlainObject(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) if (!Object.hasOwn(b, key) || !same(a[key], b[key], open)) return false;
    return true;
  }
  return sameSpecial(a, b, open);
}

/** False where they cannot be the same; true where they are, or where what they hold has yet to say. */
function same(a: unknown, b: unknown, open: object[]): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  open.push(a, b);
  return true;
}

/** Dates, bytes, sets, and instances of classes: by what they are stored as, or say of themselves, where they do. */
function sameSpecial(a: object, b: object, open: object[]): boolean {
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && sameBytes(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map && b instanceof Map) return same([...a], [...b], open);
  if (a instanceof Set && b instanceof Set) return same([...a], [...b], open);
  if (isWritten(a) && isWritten(b)) return a.toString() === b.toString();
  if (HELD_WITHIN.some((type) => a instanceof type)) return isDeepStrictEqual(a, b);
  if (writerOf(a) !== null && !same(envelopeOf(a, null), envelopeOf(b, null), open)) return false;
  if (hasToJson(a) && hasToJson(b) && !same(a.toJSON(), b.toJSON(), open)) return false;
  return same({ ...a }, { ...b }, open);
}

/** What says in one text all that is kept of it. */
function isWritten(value: object): value is RegExp | URLSearchParams {
  return value instanceof RegExp || value instanceof URLSearchParams;
}

/** What has no fields that say what it is. */
const HELD_WITHIN = [Date, ArrayBuffer, Number, String, Boolean] as const;

/** A Buffer comes back from a store, and from a file, as the Uint8Array that it is. */
function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  if (!Buffer.isBuffer(a) && !Buffer.isBuffer(b)) return isDeepStrictEqual(a, b);
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}
