import { isDeepStrictEqual } from "node:util";
import { isPlainObject } from "../../base/json.ts";

/** Whether a value has all that is wanted: of objects the fields that are named, everything else exactly. Matchers such as `expect.any(Number)` may stand in it. */
export function hasAll(value: unknown, wanted: unknown): boolean {
  if (isMatcher(wanted)) return wanted.asymmetricMatch(value);
  if (Array.isArray(wanted))
    return Array.isArray(value) && value.length === wanted.length && wanted.every((each, at) => hasAll(value[at], each));
  if (!isPlainObject(wanted)) return isDeepStrictEqual(value, wanted);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(wanted).every(([name, each]) => hasAll((value as Readonly<Record<string, unknown>>)[name], each));
}

interface Matcher {
  asymmetricMatch(value: unknown): boolean;
}

function isMatcher(wanted: unknown): wanted is Matcher {
  return typeof wanted === "object" && wanted !== null && "asymmetricMatch" in wanted && typeof wanted.asymmetricMatch === "function";
}
