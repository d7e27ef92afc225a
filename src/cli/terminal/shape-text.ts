import { isPlainObject } from "../../base/json.ts";

const MOST_FIELDS = 6;
const DEEPEST = 2;

/** A JSON Schema in a few words, as a type is written: `{ area: "bug" | "other", urgency: number }`. */
export function shapeText(schema: unknown, depth = 0): string {
  if (!isPlainObject(schema)) return "anything";
  const { type, enum: values, const: constant, anyOf, oneOf } = schema;
  if (constant !== undefined) return JSON.stringify(constant);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
  const either: unknown = anyOf ?? oneOf;
  if (Array.isArray(either)) return [...new Set(either.map((each: unknown) => shapeText(each, depth)))].join(" | ");
  if (Array.isArray(type)) return type.map((each: unknown) => shapeText({ ...schema, type: each }, depth)).join(" | ");
  if (type === "array") {
    const item = shapeText(schema["items"], depth);
    return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
  }
  if (type === "integer") return "number";
  if (type !== "object") return typeof type === "string" ? type : "anything";
  return objectText(schema, depth);
}

function objectText({ properties, required }: Readonly<Record<string, unknown>>, depth: number): string {
  const fields = isPlainObject(properties) ? Object.entries(properties) : [];
  if (fields.length === 0) return "object";
  if (depth >= DEEPEST) return "{ … }";
  const needed: readonly unknown[] = Array.isArray(required) ? (required as readonly unknown[]) : [];
  const told = fields.slice(0, MOST_FIELDS).map(([name, of]) => `${name}${needed.includes(name) ? "" : "?"}: ${shapeText(of, depth + 1)}`);
  return `{ ${told.join(", ")}${fields.length > MOST_FIELDS ? ", …" : ""} }`;
}
