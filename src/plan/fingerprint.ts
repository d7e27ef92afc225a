import { FlujoError } from "../base/errors.ts";
import { fingerprintOf } from "../base/hash.ts";
import type { Json } from "../base/json.ts";
import { canonicalJson } from "../base/json.ts";
import type { Schema } from "../base/schema.ts";
import { jsonSchemaOf } from "../base/schema.ts";

const describedSchemas = new WeakMap<Schema, Json>();
const versionsOfCode = new WeakMap<object, string>();

/** The hash of everything about a node that decides what its operations ask. */
export function fingerprintOfConfig(config: Readonly<Record<string, unknown>>): string {
  return fingerprintOf(canonicalJson(config));
}

/**
 * The schema's JSON Schema, frozen. Asked once per schema object: the same schema often stands at many nodes.
 *
 * @throws {FlujoError} `schema_without_json_schema`, naming `where`.
 */
export function describedSchema(schema: Schema, where: string): Json {
  const known = describedSchemas.get(schema);
  if (known !== undefined) return known;
  const described = deepFreeze(copyOf(jsonSchemaOf(schema, where), where));
  describedSchemas.set(schema, described);
  return described;
}

/** A copy, since the library may keep its own; and what is no JSON, or none at all, is found here. */
function copyOf(described: Json, where: string): Json {
  try {
    return JSON.parse(JSON.stringify(described)) as Json;
  } catch (cause) {
    throw new FlujoError("schema_without_json_schema", `${where}: what the schema says of itself is not JSON.`, { cause });
  }
}

/** The same where the library can say it, its name where it cannot: a step's schema need not be describable. */
export function schemaMark(schema: Schema | null, where: string): Json {
  if (schema === null) return null;
  try {
    return describedSchema(schema, where);
  } catch {
    return { vendor: schema["~standard"].vendor };
  }
}

/** The version of a schema: the hash of what it says of itself. Of one that cannot say it, only which library made it. */
export function versionOfSchema(schema: Schema): string {
  const known = versionsOfCode.get(schema);
  if (known !== undefined) return known;
  const version = fingerprintOf(canonicalJson(schemaMark(schema, "a schema")));
  versionsOfCode.set(schema, version);
  return version;
}

/** The version of a function: the hash of its source text. What it captures from around it is not seen. */
export function versionOfCode(code: (...args: never) => unknown): string {
  const known = versionsOfCode.get(code);
  if (known !== undefined) return known;
  const version = fingerprintOf(Function.prototype.toString.call(code));
  versionsOfCode.set(code, version);
  return version;
}

/** Says of a function that another one of ours calls it, and that what they are is one thing: both have the same version. */
export function asVersionOf<F extends (...args: never) => unknown>(wrapper: F, code: (...args: never) => unknown): F {
  versionsOfCode.set(wrapper, versionOfCode(code));
  return wrapper;
}

/**
 * Gives a function of ours, which authors hand on as theirs, the version of its name and of the functions of theirs that it calls:
 * its own text changes with every build.
 */
export function ownVersion<F extends (...args: never) => unknown>(
  own: F,
  name: string,
  calls: readonly ((...args: never) => unknown)[] = [],
): F {
  versionsOfCode.set(own, fingerprintOf(canonicalJson({ flujo: name, calls: calls.map(versionOfCode) })));
  return own;
}

function deepFreeze(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  for (const inner of Object.values(value) as readonly Json[]) deepFreeze(inner);
  return Object.freeze(value);
}
