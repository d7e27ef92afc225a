import { hasToJson } from "../../base/plain-json.ts";
import { isPlainObject } from "../../base/json.ts";

/** How deep a value is shown. */
const DEPTH = 4;

/** `1,234`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** Text that fits, with how much was left out; from where it matters, if that is not the beginning. */
export function clip(text: string, room: number, from = 0): string {
  if (text.length <= room) return text;
  const start = Math.max(0, Math.min(from - Math.floor(room / 3), text.length - room));
  const left = text.length - start - room;
  const kept = text.slice(start, start + room).toWellFormed();
  return `${start === 0 ? "" : `(${count(start)} characters) … `}${kept}${left === 0 ? "" : ` … (${count(left)} more characters)`}`;
}

/** A value on one line that is not much longer than the room there is, with how much was left out. Reads no more than it shows. */
export function shownValue(value: unknown, room = 120): string {
  return show(value, room, 0);
}

function show(value: unknown, room: number, depth: number): string {
  if (typeof value === "string") return clippedText(value, Math.max(room, 16));
  if (typeof value === "bigint") return `${value}n`;
  if (value === undefined) return "nothing";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : `${value as number | boolean | null}`;
  if (Array.isArray(value)) return list(value, room, depth);
  if (isPlainObject(value)) return fields(value, room, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (ArrayBuffer.isView(value)) return bytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  if (value instanceof ArrayBuffer) return bytes(Buffer.from(value));
  if (value instanceof RegExp || value instanceof URLSearchParams) return clip(String(value), Math.max(room, 16));
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} ${list([...value].slice(0, 100), room, depth)}`;
  return `${value.constructor.name} ${show(hasToJson(value) ? value.toJSON() : { ...value }, room, depth + 1)}`;
}

/** So many bytes are shown. */
const MOST_BYTES = 8;

function bytes(all: Buffer): string {
  const first = all.subarray(0, MOST_BYTES).toString("hex").replace(/..\B/g, "$& ");
  return all.length === 0 ? "no bytes" : `${count(all.length)} bytes (${first}${all.length > MOST_BYTES ? " …" : ""})`;
}

function clippedText(text: string, room: number): string {
  if (text.length <= room) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, room).toWellFormed())} … (${count(text.length - room)} more characters)`;
}

function list(items: readonly unknown[], room: number, depth: number): string {
  if (items.length === 0) return "[]";
  if (depth >= DEPTH) return `[… ${count(items.length)} items]`;
  const shown: string[] = [];
  let left = room - 2;
  for (const item of items) {
    if (left <= 0) break;
    const text = show(item, left, depth + 1);
    shown.push(text);
    left -= text.length + 2;
  }
  if (shown.length === 0) return `[… ${count(items.length)} items]`;
  const more = items.length - shown.length;
  return `[${shown.join(", ")}${more === 0 ? "" : `, … ${count(more)} more`}]`;
}

function fields(value: Readonly<Record<string, unknown>>, room: number, depth: number): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return "{}";
  if (depth >= DEPTH) return `{… ${count(keys.length)} fields}`;
  const shown: string[] = [];
  let left = room - 4;
  for (const key of keys) {
    if (left <= 0) break;
    const text = `${clip(key, 40)}: ${show(value[key], left - key.length, depth + 1)}`;
    shown.push(text);
    left -= text.length + 2;
  }
  if (shown.length === 0) return `{… ${count(keys.length)} fields}`;
  const more = keys.length - shown.length;
  return `{ ${shown.join(", ")}${more === 0 ? "" : `, … ${count(more)} more`} }`;
}
