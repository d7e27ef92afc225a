/** How deep a value may be nested. Deeper ones are refused on writing, so that no reader can run out of stack. */
export const MAX_DEPTH = 500;

/** Objects walked before a value counts as not plainly JSON: stops the walk of a small graph that shares parts exponentially. */
const MAX_OBJECTS = 1_000_000;

let budget = 0;

/**
 * Whether `JSON.parse(JSON.stringify(value))` gives an equal value: plain objects, dense arrays, strings, booleans, null
 * and finite numbers, at most {@link MAX_DEPTH} deep. One walk that allocates nothing; it says no, never why.
 */
export function isStrictJson(value: unknown): boolean {
  budget = MAX_OBJECTS; // not a parameter: the walk is synchronous, and one less argument per value
  return isStrict(value, 0);
}

function isStrict(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0); // JSON turns NaN into null and -0 into 0
    case "object":
      if (value === null) return true;
      if (depth > MAX_DEPTH || --budget < 0) return false;
      return Array.isArray(value) ? isStrictArray(value, depth) : isStrictObject(value, depth);
    default:
      return false;
  }
}

function isStrictArray(list: readonly unknown[], depth: number): boolean {
  if (Object.getPrototypeOf(list) !== Array.prototype) return false;
  // A hole reads as undefined, which is not strict either.
  for (let i = 0; i < list.length; i++) if (!isStrict(list[i], depth + 1)) return false;
  return Reflect.ownKeys(list).length === list.length + 1; // its items and its length; anything more (`match.index`) JSON would lose
}

function isStrictObject(object: object, depth: number): boolean {
  if (Object.getPrototypeOf(object) !== Object.prototype) return false;
  let fields = 0;
  for (const key in object) {
    if (!isStrict((object as Readonly<Record<string, unknown>>)[key], depth + 1)) return false;
    fields++;
  }
  return Reflect.ownKeys(object).length === fields; // symbols and hidden fields JSON would lose
}
