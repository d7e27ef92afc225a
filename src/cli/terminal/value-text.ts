import { isPlainObject } from "../../base/json.ts";
import { hasToJson } from "../../base/plain-json.ts";
import { printable, printableLine } from "./printable.ts";

/** How much of a value is shown. */
export interface ValueLimits {
  /** Lines in all. */
  readonly lines: number;
  /** Items of one list, fields of one object. */
  readonly members: number;
}

/** Enough to see what it is. */
export const SHORT: ValueLimits = { lines: 40, members: 12 };

/** All of it. */
export const WHOLE: ValueLimits = { lines: Number.POSITIVE_INFINITY, members: Number.POSITIVE_INFINITY };

const DEEPEST = 12;

/** A value as lines people can read: text as it is, everything else indented, in the manner of YAML but without its quotes. */
export function valueLines(value: unknown, limits: ValueLimits = SHORT): readonly string[] {
  const lines = new Drawing(limits.members).of(value, 0);
  if (lines.length <= limits.lines) return lines;
  return [...lines.slice(0, limits.lines), `… ${lines.length - limits.lines} more lines`];
}

/** A value on one line: text as it is, everything else as short as can be. */
export function valueLine(value: unknown): string {
  if (typeof value === "string") return printableLine(value);
  return printableLine(inOneLine(value, 0));
}

class Drawing {
  readonly #members: number;
  readonly #open = new Set<object>();

  constructor(members: number) {
    this.#members = members;
  }

  of(given: unknown, depth: number): readonly string[] {
    const value = plainForm(given);
    if (typeof value === "string") return printable(value).split("\n");
    const parts = partsOf(value);
    if (parts === null) return [inOneLine(value, 0)];
    if (parts.length === 0) return [Array.isArray(value) ? "(none)" : "(empty)"];
    const object = given as object;
    if (this.#open.has(object) || depth > DEEPEST) return ["…"];
    this.#open.add(object);
    const shown = parts.slice(0, this.#members).flatMap((part) => this.#member(part, depth));
    this.#open.delete(object);
    return parts.length > this.#members ? [...shown, `… ${parts.length - this.#members} more`] : shown;
  }

  #member({ key, value }: Part, depth: number): readonly string[] {
    const lines = this.of(value, depth + 1);
    const [first = ""] = lines;
    if (key === null) return [`- ${first}`, ...lines.slice(1).map((line) => `  ${line}`)];
    const name = printableLine(key);
    if (lines.length === 1 && isInline(value)) return [`${name}: ${first}`];
    return [`${name}:`, ...lines.map((line) => `  ${line}`)];
  }
}

/** A member of an object or a map (by its key) or of a list or a set. */
interface Part {
  readonly key: string | null;
  readonly value: unknown;
}

function isInline(value: unknown): boolean {
  const parts = partsOf(plainForm(value));
  return parts === null || parts.length === 0;
}

/** What is shown of an instance of a class: what its `toJSON` says (of a file, all but the bytes), or else its fields. */
function plainForm(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isPlainObject(value) || isShownAsItIs(value)) return value;
  try {
    return hasToJson(value) ? value.toJSON() : { ...value };
  } catch {
    return "(not readable)"; // somebody else's code, run only to show something
  }
}

function isShownAsItIs(value: object): boolean {
  return [Date, URL, Map, Set].some((type) => value instanceof type) || ArrayBuffer.isView(value);
}

/** The members of what has members; null for everything else. */
function partsOf(value: unknown): readonly Part[] | null {
  if (Array.isArray(value)) return value.map((each: unknown) => ({ key: null, value: each }));
  if (value instanceof Set) return [...value].map((each: unknown) => ({ key: null, value: each }));
  if (value instanceof Map) return [...value].map(([key, each]: [unknown, unknown]) => ({ key: valueLine(key), value: each }));
  if (isPlainObject(value)) return Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [{ key, value: each }]));
  return null;
}

function inOneLine(given: unknown, depth: number): string {
  const value = plainForm(given);
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "boolean") return String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no date" : value.toISOString();
  if (value instanceof URL) return value.href;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  const parts = partsOf(value);
  if (parts === null) return `(${typeof value})`;
  if (depth > 3) return "…";
  const inner = parts.slice(0, 20).map(({ key, value: each }) => `${key === null ? "" : `${key}: `}${inOneLine(each, depth + 1)}`);
  if (parts.length > inner.length) inner.push("…");
  return parts[0]?.key === null || Array.isArray(value) ? `[${inner.join(", ")}]` : `{ ${inner.join(", ")} }`;
}
