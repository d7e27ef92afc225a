import type { Json } from "./json.ts";
import { canonicalJson, isPlainObject } from "./json.ts";

type Schema = Readonly<Record<string, Json>>;

/** A value, where it stands, and the document that its schema's references lead into. */
interface Place {
  readonly value: unknown;
  readonly at: string;
  readonly document: Json;
  readonly depth: number;
}

/** References may lead in circles; nothing that fits lies so deep. */
const DEEPEST = 64;

/**
 * The first thing in a value that does not fit a JSON Schema, as a sentence: `note: expected string`. Null where nothing is
 * known to be wrong: what the schema says in other words than the common ones is left to the one who has the real schema.
 */
export function jsonSchemaMisfit(schema: Json, value: unknown): string | null {
  return misfit(schema, { value, at: "", document: schema, depth: 0 });
}

function misfit(schema: Json, place: Place): string | null {
  if (schema === false) return said(place, "nothing fits here");
  if (!isSchema(schema) || place.depth > DEEPEST) return null;
  return (
    misfitOfReference(schema, place) ??
    misfitOfType(schema, place) ??
    misfitOfChoice(schema, place) ??
    misfitOfUnion(schema, place) ??
    misfitOfObject(schema, place) ??
    misfitOfList(schema, place) ??
    misfitOfSize(schema, place)
  );
}

function isSchema(schema: unknown): schema is Schema {
  return isPlainObject(schema);
}

function said({ at }: Place, what: string): string {
  return at === "" ? what : `${at}: ${what}`;
}

function misfitOfReference({ $ref }: Schema, place: Place): string | null {
  if (typeof $ref !== "string" || !$ref.startsWith("#")) return null;
  let target: Json | undefined = place.document;
  for (const step of $ref.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    target = isSchema(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return target === undefined ? null : misfit(target, { ...place, depth: place.depth + 1 });
}

function typeOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function misfitOfType({ type }: Schema, place: Place): string | null {
  const allowed = (Array.isArray(type) ? (type as readonly Json[]) : [type]).filter((name) => typeof name === "string");
  if (allowed.length === 0) return null;
  const is = typeOf(place.value);
  if (allowed.includes(is) || (is === "number" && allowed.includes("integer") && Number.isInteger(place.value))) return null;
  return said(place, `expected ${allowed.join(" or ")}, received ${is}`);
}

function misfitOfChoice(schema: Schema, place: Place): string | null {
  const choices = "const" in schema ? [schema["const"]] : schema["enum"];
  if (!Array.isArray(choices)) return null;
  const values = choices.map((choice) => canonicalJson(choice));
  return values.includes(canonicalJson(place.value)) ? null : said(place, `expected ${values.join(" or ")}`);
}

function misfitOfUnion(schema: Schema, place: Place): string | null {
  const inner = { ...place, depth: place.depth + 1 };
  for (const part of listOf(schema["allOf"])) {
    const wrong = misfit(part, inner);
    if (wrong !== null) return wrong;
  }
  const ways = [...listOf(schema["anyOf"]), ...listOf(schema["oneOf"])];
  const wrongs = ways.map((way) => misfit(way, inner));
  if (wrongs.length === 0 || wrongs.includes(null)) return null;
  return wrongs.length === 1 ? (wrongs[0] ?? null) : said(place, `fits none of ${wrongs.length} ways it may be written`);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function misfitOfObject(schema: Schema, place: Place): string | null {
  const { value, at } = place;
  if (typeOf(value) !== "object") return null;
  const members = value as Readonly<Record<string, unknown>>;
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  for (const name of listOf(schema["required"]))
    if (typeof name === "string" && members[name] === undefined) return said(place, `"${name}" is missing`);
  for (const [name, member] of Object.entries(members)) {
    const known = Object.hasOwn(properties, name);
    const inner = known ? properties[name] : schema["additionalProperties"];
    if (!known && inner === false) return said(place, `"${name}" is unknown`);
    if (inner === undefined || member === undefined) continue;
    const wrong = misfit(inner, { ...place, value: member, at: at === "" ? name : `${at}.${name}`, depth: place.depth + 1 });
    if (wrong !== null) return wrong;
  }
  return null;
}

function misfitOfList(schema: Schema, place: Place): string | null {
  if (!Array.isArray(place.value)) return null;
  const first = listOf(schema["prefixItems"]);
  for (const [index, item] of (place.value as readonly unknown[]).entries()) {
    const inner = first[index] ?? schema["items"];
    if (inner === undefined) continue;
    const wrong = misfit(inner, { ...place, value: item, at: `${place.at}[${index}]`, depth: place.depth + 1 });
    if (wrong !== null) return wrong;
  }
  return null;
}

function misfitOfSize(schema: Schema, place: Place): string | null {
  const { value } = place;
  if (typeof value === "number") return misfitOfNumber(schema, { ...place, value });
  const size = typeof value === "string" ? Array.from(value).length : Array.isArray(value) ? value.length : null;
  if (size === null) return null;
  const [least, most] = typeof value === "string" ? [schema["minLength"], schema["maxLength"]] : [schema["minItems"], schema["maxItems"]];
  const unit = typeof value === "string" ? "characters" : "items";
  if (typeof least === "number" && size < least) return said(place, `expected at least ${least} ${unit}`);
  if (typeof most === "number" && size > most) return said(place, `expected at most ${most} ${unit}`);
  return null;
}

function misfitOfNumber(schema: Schema, place: Place & { readonly value: number }): string | null {
  const { value } = place;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (typeof minimum === "number" && value < minimum) return said(place, `expected at least ${minimum}`);
  if (typeof maximum === "number" && value > maximum) return said(place, `expected at most ${maximum}`);
  if (typeof exclusiveMinimum === "number" && value <= exclusiveMinimum) return said(place, `expected more than ${exclusiveMinimum}`);
  if (typeof exclusiveMaximum === "number" && value >= exclusiveMaximum) return said(place, `expected less than ${exclusiveMaximum}`);
  return null;
}
