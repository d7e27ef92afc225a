import type { Json } from "../../base/json.ts";
import { isPlainObject } from "../../base/json.ts";

/** JSON Schema as far as the rules read it. Unknown keywords are ignored. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

/** The door for schemas: anything that is not an object says nothing and allows everything. */
export function asSchema(value: unknown): Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Schema) : {};
}

/** The keyword's text, or none. */
export function textOf(schema: Schema, keyword: string): string {
  const value = schema[keyword];
  return typeof value === "string" ? value : "";
}

/** The keyword's number, or undefined. */
export function numberOfKey(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The keyword's list, or an empty one. */
export function listOf(schema: Schema, keyword: string): readonly unknown[] {
  const value = schema[keyword];
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The properties of an object schema, in the order the schema gives them. */
export function propertiesOf(schema: Schema): readonly (readonly [name: string, schema: Schema])[] {
  const value = schema["properties"];
  return isPlainObject(value) ? Object.entries(value).map(([name, inner]) => [name, asSchema(inner)] as const) : [];
}

/** Title and description, one after the other. */
export function hintOf(schema: Schema): string {
  return [textOf(schema, "title"), textOf(schema, "description")].filter((text) => text !== "").join(". ");
}

/** Follows `$ref` inside the document and merges `allOf`; at most 20 hops, so that a circle ends. */
export function resolve(schema: Schema, document: Schema): Schema {
  let current = schema;
  for (let hops = 0; hops < 20 && typeof current["$ref"] === "string"; hops++) {
    const { $ref: _ref, ...beside } = current;
    current = { ...pointed(document, textOf(current, "$ref")), ...beside };
  }
  const parts = listOf(current, "allOf");
  if (parts.length === 0) return current;
  const { allOf: _parts, ...rest } = current;
  return parts.map((part) => resolve(asSchema(part), document)).reduce(merge, rest);
}

function pointed(document: Schema, ref: string): Schema {
  if (!ref.startsWith("#")) return {};
  let at: unknown = document;
  for (const part of ref
    .slice(1)
    .split("/")
    .filter((step) => step !== "")) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
  }
  return asSchema(at);
}

function merge(a: Schema, b: Schema): Schema {
  const properties = { ...asSchema(a["properties"]), ...asSchema(b["properties"]) };
  const required = [...new Set([...listOf(a, "required"), ...listOf(b, "required")])];
  const merged: Record<string, unknown> = { ...a, ...b };
  if (Object.keys(properties).length > 0) merged["properties"] = properties;
  if (required.length > 0) merged["required"] = required;
  return merged;
}

/** The name of a JSON type. */
export type TypeName = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

/** The types a schema allows; guessed from its other keywords where it names none. */
export function typesOf(schema: Schema): readonly TypeName[] {
  const named = schema["type"];
  if (typeof named === "string") return [named as TypeName];
  if (Array.isArray(named)) return named as readonly TypeName[];
  if ("properties" in schema || "additionalProperties" in schema || "required" in schema) return ["object"];
  if ("items" in schema || "prefixItems" in schema) return ["array"];
  if ("minimum" in schema || "maximum" in schema || "multipleOf" in schema) return ["number"];
  return ["string"];
}

/** A value of an enum as the word that stands for it. */
export function spelled(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The values of an enum: `enum`, or an `anyOf`/`oneOf` of constants. Null where the schema is no enum. */
export function choicesOf(schema: Schema): readonly Choice[] | null {
  if (Array.isArray(schema["enum"])) return (schema["enum"] as readonly Json[]).map((value) => ({ value, hint: "" }));
  if ("const" in schema) return [{ value: schema["const"] as Json, hint: hintOf(schema) }];
  const variants = variantsOf(schema);
  if (variants.length === 0 || !variants.every((variant) => "const" in variant || Array.isArray(variant["enum"]))) return null;
  return variants.flatMap((variant) => (choicesOf(variant) ?? []).map((choice) => ({ value: choice.value, hint: hintOf(variant) })));
}

/** One value of an enum and what the schema says of it. */
export interface Choice {
  readonly value: Json;
  readonly hint: string;
}

/** The branches of `anyOf` or `oneOf`. */
export function variantsOf(schema: Schema): readonly Schema[] {
  const any = listOf(schema, "anyOf");
  return (any.length > 0 ? any : listOf(schema, "oneOf")).map(asSchema);
}

/** The values a schema forbids by `not`. Corrections are written this way. */
export function forbiddenOf(schema: Schema): readonly Json[] {
  const not = asSchema(schema["not"]);
  const one = "const" in not ? [not["const"] as Json] : [];
  return [...one, ...(listOf(not, "enum") as readonly Json[])];
}

/** The schema without `null` and without unions of one branch; null where several branches are left. */
export function plainPart(schema: Schema, document: Schema): Schema | null {
  let current = resolve(schema, document);
  for (let hops = 0; hops < 20; hops++) {
    const variants = variantsOf(current);
    if (variants.length === 0) return current;
    const solid = variants.map((variant) => resolve(variant, document)).filter((variant) => variant["type"] !== "null");
    const [only] = solid;
    if (solid.length !== 1 || only === undefined) return null;
    current = hintOf(only) === "" && hintOf(current) !== "" ? { ...only, description: hintOf(current) } : only;
  }
  return null;
}
