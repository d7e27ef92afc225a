import { isPlainObject, type Json } from "../../base/json.ts";

/**
 * A tree as YAML, always in the same bytes: no line is folded, no key is moved, nothing depends on a library's version.
 * What is small and flat stands on one line, what has several lines stands as a block of them, and a word that some version
 * of YAML takes for something else (`no`, `on`, `1e3`, a date) stands in quotation marks.
 */

/** What an object or a list may take on one line, in characters. */
const FLAT = 80;
/** As many levels of it. */
const FLAT_LEVELS = 2;

/** `lead`, which is what stands on the line already (`  - ` or `  key:`), and the tree after it; ends with a line break. */
export function printed(lead: string, tree: Json, column: number): string {
  const onOneLine = inline(tree);
  if (onOneLine !== null) return `${joined(lead, onOneLine)}\n`;
  if (typeof tree === "string") return `${joined(lead, blockOf(tree, " ".repeat(column + 2)))}\n`;
  if (isList(tree)) {
    const pad = " ".repeat(column + 2);
    return `${lead}\n${tree.map((item) => printed(`${pad}-`, item, column + 2)).join("")}`;
  }
  return isPlainObject(tree) ? printedFields(lead, Object.entries(tree), column) : `${joined(lead, "null")}\n`;
}

/** Fields below `lead`; those of an item of a list begin on its own line. */
export function printedFields(lead: string, fields: readonly (readonly [string, Json])[], column: number): string {
  const pad = " ".repeat(column + 2);
  const lines = fields.map(([key, value]) => printed(`${pad}${keyOf(key)}:`, value, column + 2));
  if (!lead.endsWith("-")) return `${lead}\n${lines.join("")}`;
  return `${lead} ${lines.join("").slice(pad.length)}`;
}

/** A key as it stands before its colon. */
function keyOf(key: string): string {
  return SAFE_KEY.test(key) && !AMBIGUOUS.test(key) ? key : quoted(key);
}

function isList(tree: Json): tree is readonly Json[] {
  return Array.isArray(tree);
}

function joined(lead: string, text: string): string {
  return lead === "" ? text : `${lead} ${text}`;
}

/** The tree on the line of its key; null where it takes lines of its own. */
function inline(tree: Json): string | null {
  if (typeof tree === "string") return isBlock(tree) ? null : scalarOf(tree, SAFE_LINE);
  if (typeof tree !== "object" || tree === null) return JSON.stringify(tree);
  return flat(tree, FLAT, FLAT_LEVELS);
}

/** The tree in braces and brackets, where that takes no more than `room` characters. */
function flat(tree: Json, room: number, levels: number): string | null {
  if (typeof tree === "string") {
    if (tree.length > room || tree.includes("\n")) return null;
    return scalarOf(tree, SAFE_IN_BRACES);
  }
  if (typeof tree !== "object" || tree === null) return JSON.stringify(tree);
  const parts: string[] = [];
  let left = room - 2;
  const list = isList(tree);
  for (const [key, value] of Object.entries(tree)) {
    const text = levels === 0 ? null : flat(value, left, levels - 1);
    if (text === null) return null;
    const part = list ? text : `${SAFE_KEY_IN_BRACES.test(key) && !AMBIGUOUS.test(key) ? key : quoted(key)}: ${text}`;
    left -= part.length + 2;
    if (left < 0) return null;
    parts.push(part);
  }
  if (parts.length === 0) return list ? "[]" : "{}";
  return list ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
}

/** Words that YAML 1.1 or 1.2 takes for something else than a text. */
const AMBIGUOUS = /^(?:null|true|false|yes|no|on|off|y|n|nan|inf)$/i;
const SAFE_KEY = /^[\p{L}_$/][\p{L}\p{N}_$./?#@+[\]-]*$/u;
const SAFE_KEY_IN_BRACES = /^[\p{L}_$/][\p{L}\p{N}_$./@+-]*$/u;
/** Letters, numbers, signs and single spaces that mean nothing to YAML at these places. */
const SAFE_LINE = /^[\p{L}_$/](?:[\p{L}\p{M}\p{N}\p{P}\p{S} ])*$/u;
const SAFE_IN_BRACES = /^[\p{L}_$/](?:(?![,[\]{}])[\p{L}\p{M}\p{N}\p{P}\p{S} ])*$/u;
/** What somebody who reads the file would not see, or would see as something else; a tab and a line break are not among them. */
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\p{Cs}]/u;
const HIDDEN_ALL = new RegExp(HIDDEN.source, "gu");

function scalarOf(text: string, safe: RegExp): string {
  if (safe.test(text) && !AMBIGUOUS.test(text) && !/: | #|[: ]$/.test(text)) return text;
  if (/["\\]/.test(text) && isReadable(text) && !/[\n\t]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return quoted(text);
}

/** In quotation marks, as JSON would, with what nobody sees written out. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(HIDDEN_ALL, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether nothing in a text is hidden from whoever reads it, so that it can stand in a file as it is. */
export function isReadable(text: string): boolean {
  return !HIDDEN.test(text);
}

/** Whether a text stands as a block of lines. Not where its end could not be told from what follows it. */
function isBlock(text: string): boolean {
  return text.includes("\n") && isReadable(text) && /\S/.test(text) && !/\n[ \t]*\n$|\n[ \t]+$/.test(text);
}

function blockOf(text: string, pad: string): string {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n").map((line) => (line === "" ? "" : pad + line));
  return `|${/^\s/.test(text) ? "2" : ""}${ends ? "" : "-"}\n${lines.join("\n")}`;
}
