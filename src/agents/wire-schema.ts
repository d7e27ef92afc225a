import { isPlainObject, type Json } from "../base/json.ts";

/** A schema in the form that providers accept. */
export interface WireSchema {
  readonly schema: Json;
  /** Whether the provider may hold the model to the letter of it (OpenAI's `strict`). */
  readonly strict: boolean;
  /** Whether the answer stands in `{ "value": … }`, because providers want an object at the root. */
  readonly wrapped: boolean;
}

type Schema = Readonly<Record<string, unknown>>;

/**
 * Two things that a schema library does not know of providers: they want an object at the root, and under `strict`
 * they refuse a schema (status 400) that has an optional property, lets other properties in, or uses a keyword beyond
 * a short list. A schema that fits is sent with `strict: true` and closed objects; any other as it is, with
 * `strict: false`: the engine validates the answer either way.
 */
export function wireSchemaOf(schema: Json): WireSchema {
  const wrapped = !isObjectSchema(schema);
  const rooted = wrapped ? wrap(schema) : schema;
  const closed = close(rooted, 0);
  return closed === null ? { schema: rooted, strict: false, wrapped } : { schema: closed, strict: true, wrapped };
}

const FENCED = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/;

/** Takes the answer out of its `{ "value": … }`, fenced or not. A model that gave the bare value is taken at its word. */
export function unwrap(text: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(FENCED.exec(text)?.[1] ?? text);
  } catch {
    return text; // not JSON: the engine says so to the model, in the text's own words
  }
  if (!isPlainObject(answer) || !("value" in answer) || Object.keys(answer).length !== 1) return text;
  return JSON.stringify(answer["value"]);
}

function isObjectSchema(schema: unknown): schema is Schema {
  return isPlainObject(schema) && schema["type"] === "object" && !("anyOf" in schema) && !("oneOf" in schema);
}

function wrap(schema: Json): Json {
  const moved = movePointers(schema);
  if (!isPlainObject(moved)) return { type: "object", properties: { value: moved as Json }, required: ["value"] };
  const { $defs, $schema: _dialect, ...value } = moved;
  const root = { type: "object", properties: { value }, required: ["value"] };
  return ($defs === undefined ? root : { ...root, $defs }) as Json;
}

/** References count from the root, and the root has moved down by one property; definitions stay at the root. */
function movePointers(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(movePointers);
  if (!isPlainObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key !== "$ref" || typeof value !== "string" || !value.startsWith("#") || value.startsWith("#/$defs/"))
        return [key, movePointers(value)];
      return [key, `#/properties/value${value.slice(1)}`];
    }),
  );
}

/** Keywords that strict mode accepts with any value. */
const PLAIN_KEYWORDS: ReadonlySet<string> = new Set(
  ["$schema", "$ref", "title", "description", "type", "enum", "const"].concat([
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
  ]),
);
const STRICT_FORMATS: ReadonlySet<unknown> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
]);
const STRICT_DEPTH = 10;

/** The schema with every object closed, or null where strict mode would refuse it. */
function close(schema: unknown, depth: number): Json | null {
  if (!isPlainObject(schema) || depth > STRICT_DEPTH) return null;
  const closed: Record<string, Json> = {};
  for (const [key, value] of Object.entries(schema)) {
    const part = closeKeyword({ key, value, depth });
    if (part === null) return null;
    closed[key] = part;
  }
  if (schema["type"] !== "object") return closed;
  const names = Object.keys(isPlainObject(schema["properties"]) ? schema["properties"] : {});
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  if (names.some((name) => !required.includes(name))) return null;
  return { ...closed, properties: closed["properties"] ?? {}, required: names, additionalProperties: false };
}

interface Keyword {
  readonly key: string;
  readonly value: unknown;
  readonly depth: number;
}

function closeKeyword({ key, value, depth }: Keyword): Json | null {
  if (PLAIN_KEYWORDS.has(key) || (key === "additionalProperties" && value === false) || key === "required") return value as Json;
  if (key === "format") return STRICT_FORMATS.has(value) ? (value as Json) : null;
  if (key === "pattern") return typeof value === "string" && !value.includes("(?") ? value : null; // no look-around
  if (key === "items") return close(value, depth + 1);
  if (key === "anyOf" && Array.isArray(value)) return closeList(value, depth + 1);
  if ((key === "properties" || key === "$defs") && isPlainObject(value)) {
    const parts = closeList(Object.values(value), depth + 1);
    return parts === null ? null : Object.fromEntries(Object.keys(value).map((name, index) => [name, parts[index] ?? null]));
  }
  return null;
}

function closeList(schemas: readonly unknown[], depth: number): readonly Json[] | null {
  const closed: Json[] = [];
  for (const schema of schemas) {
    const part = close(schema, depth);
    if (part === null) return null;
    closed.push(part);
  }
  return closed;
}
