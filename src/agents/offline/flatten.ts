import type { Json } from "../../base/json.ts";
import { isPlainObject } from "../../base/json.ts";
import { nameWords } from "./words.ts";

// JSON is read as text of labels and values, so that one set of rules serves objects, mails and documents alike.

const DEPTH = 6;

/** The text of a JSON value: `label: value` lines, lists as bullets. */
export function flattenJson(value: Json): string {
  return write(value, "", 0).trim();
}

function write(value: Json, label: string, depth: number): string {
  if (value === null) return "";
  if (Array.isArray(value)) return writeList(value as readonly Json[], label, depth);
  if (isPlainObject(value)) {
    if (depth >= DEPTH) return labelled(label, JSON.stringify(value));
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    return entries.map(([key, inner]) => write(inner, joinLabels(label, key), depth + 1)).join("");
  }
  return labelled(label, scalar(value));
}

function scalar(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function writeList(items: readonly Json[], label: string, depth: number): string {
  const bullets = items.map((item) =>
    isPlainObject(item) || Array.isArray(item) ? inline(item, depth) : scalar(item).replaceAll(/\s+/g, " "),
  );
  const head = label === "" ? "" : `\n${label}:\n`;
  return `${head}${bullets.map((item) => `- ${item}\n`).join("")}\n`;
}

/** One object on one line, for lists of objects: `name: A | price: 3`. */
function inline(value: Json, depth: number): string {
  if (depth >= DEPTH || !isPlainObject(value)) return JSON.stringify(value);
  return Object.entries(value as Readonly<Record<string, Json>>)
    .map(
      ([key, inner]) =>
        `${joinLabels("", key)}: ${typeof inner === "object" ? JSON.stringify(inner) : String(inner).replaceAll(/\s+/g, " ")}`,
    )
    .join(" | ");
}

function labelled(label: string, text: string): string {
  if (label === "") return `${text}\n`;
  return text.includes("\n") ? `\n${label}:\n${text}\n\n` : `${label}: ${text}\n`;
}

function joinLabels(parent: string, key: string): string {
  const words = nameWords(key).join(" ") || key;
  return parent === "" ? words : `${parent} ${words}`;
}

/** Reads the text as JSON where it is an object or a list, and as it stands otherwise. */
export function readableText(text: string): string {
  const trimmed = text.trim();
  const json = parseJson(trimmed);
  if (json !== undefined) return flattenJson(json);
  const at = trimmed.search(/[{[]\s*(?:["{[]|\n)/);
  if (at <= 0 || !/[}\]]$/.test(trimmed)) return text;
  const tail = parseJson(trimmed.slice(at));
  return tail === undefined ? text : `${trimmed.slice(0, at).trim()}\n\n${flattenJson(tail)}`;
}

function parseJson(text: string): Json | undefined {
  if (!/^[{[][\s\S]*[}\]]$/.test(text)) {
    if (!/^"[\s\S]*"$/.test(text)) return undefined;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
