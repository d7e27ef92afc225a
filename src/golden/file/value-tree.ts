import { isPlainObject, type Json } from "../../base/json.ts";
import { unstorable } from "../../serialize/codec.ts";
import type { Envelope } from "../../serialize/envelope.ts";
import { findUnstorable } from "../../serialize/find-unstorable.ts";
import { isStrictJson } from "../../serialize/strict-json.ts";

/**
 * The keys that stand for what JSON has no words for, each alone in its object: `{ $date: "2026-01-01T00:00:00.000Z" }`.
 * An object of an author's own that looks like that is put into `$plain`.
 */
export const ESCAPES = [
  "$undefined",
  "$number",
  "$bigint",
  "$date",
  "$url",
  "$searchParams",
  "$regexp",
  "$map",
  "$set",
  "$bytes",
  "$buffer",
  "$boxed",
  "$sparse",
  "$bare",
  "$entries",
  "$file",
  "$custom",
  "$text",
  "$json",
  "$plain",
] as const;

/** One of {@link ESCAPES}. */
export type Escape = (typeof ESCAPES)[number];

const KNOWN: ReadonlySet<string> = new Set(ESCAPES);

/** The escape that an object is, or null. */
export function escapeOf(object: Readonly<Record<string, unknown>>): Escape | null {
  let only: string | null = null;
  for (const key in object) {
    if (only !== null) return null;
    only = key;
  }
  return only !== null && KNOWN.has(only) ? (only as Escape) : null; // the one cast: the list has it
}

/** Longer keys are no keys of YAML: it wants them on one line, and its colon within 1,024 characters. */
const LONGEST_KEY = 250;
/** Values in one place of a golden, what is shared counted wherever it stands: a small graph can share exponentially. */
const MOST_VALUES = 1_000_000;

/** What puts a long text elsewhere: gives the name of where it is, or null for what stays in its place. */
export type TextSink = (text: string) => string | null;

interface Walk {
  readonly where: string;
  readonly texts: TextSink | null;
  readonly envelopes: ReadonlyMap<object, Envelope>;
  left: number;
}

/**
 * A value as a tree of JSON, from which `valueOf` makes an equal one: all that the codec can store, instances of
 * registered classes and files included. Keys keep their order, for a pipeline can see it. Parts that are shared are
 * written wherever they stand.
 *
 * @throws {FlujoError} `value_unstorable`, as the codec does, and for more than 1,000,000 values.
 */
export function treeOf(value: unknown, where: string, texts: TextSink | null = null): Json {
  const envelopes = new Map<object, Envelope>();
  if (!isStrictJson(value)) {
    const fault = findUnstorable(value, { envelopes, payloads: null });
    if (fault !== null) throw unstorable(where, fault);
  }
  return walked(value, { where, texts, envelopes, left: MOST_VALUES });
}

function walked(value: unknown, walk: Walk): Json {
  if (--walk.left < 0)
    throw unstorable(walk.where, { at: "", what: "more than 1,000,000 values, what is shared counted wherever it stands" });
  switch (typeof value) {
    case "string":
      return textTree(value, walk);
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { $bigint: `${value}n` };
    case "boolean":
      return value;
    case "object":
      return value === null ? null : walkedObject(value, walk);
    default:
      return { $undefined: true }; // nothing else passes `findUnstorable`
  }
}

function textTree(text: string, { texts }: Walk): Json {
  const name = texts?.(text) ?? null;
  return name === null ? text : { $text: name };
}

function walkedObject(value: object, walk: Walk): Json {
  const envelope = walk.envelopes.get(value);
  if (envelope !== undefined) return envelopeTree(envelope, walk);
  if (Array.isArray(value)) return listTree(value, walk);
  const prototype: unknown = Object.getPrototypeOf(value);
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  if (tag === "Object") return prototype === null ? { $bare: fieldsTree(value, walk) } : plainTree(value, walk);
  return builtInTree(value, tag, walk);
}

function envelopeTree({ tag, version, data }: Envelope, walk: Walk): Json {
  if (tag === "flujo:file" && isPlainObject(data)) {
    const { name, mediaType, bytes } = data;
    if (typeof mediaType === "string" && (typeof name === "string" || name === null) && bytes instanceof Uint8Array)
      return { $file: { ...(name === null ? {} : { name }), mediaType, bytes: textTree(base64(bytes), walk) } };
  }
  return { $custom: { tag, ...(version === 1 ? {} : { version }), data: walked(data, walk) } };
}

function listTree(list: readonly unknown[], walk: Walk): Json {
  const places = Object.keys(list);
  if (places.length === list.length) return list.map((item) => walked(item, walk));
  return { $sparse: { length: list.length, items: places.map((at) => [Number(at), walked(list[Number(at)], walk)]) } };
}

function plainTree(value: object, walk: Walk): Json {
  const fields = fieldsTree(value, walk);
  if (Object.keys(value).some((key) => key.length > LONGEST_KEY)) return { $entries: Object.entries(fields) };
  return escapeOf(value as Readonly<Record<string, unknown>>) === null ? fields : { $plain: fields };
}

/** By `fromEntries`, which makes a field of its own even of `__proto__`. */
function fieldsTree(value: object, walk: Walk): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walked(inner, walk)]));
}

function builtInTree(value: object, tag: string, walk: Walk): Json {
  if (value instanceof Map || tag === "Map")
    return { $map: [...(value as ReadonlyMap<unknown, unknown>)].map(([key, inner]) => [walked(key, walk), walked(inner, walk)]) };
  if (tag === "Set") return { $set: [...(value as ReadonlySet<unknown>)].map((inner) => walked(inner, walk)) };
  if (ArrayBuffer.isView(value)) return viewTree(value, tag, walk);
  switch (tag) {
    case "Date":
      return { $date: Number.isNaN(Number(value)) ? "invalid" : (value as Date).toISOString() };
    case "URL":
      return { $url: textTree((value as URL).href, walk) };
    case "URLSearchParams":
      return { $searchParams: textTree((value as URLSearchParams).toString(), walk) };
    case "RegExp":
      return { $regexp: textTree((value as RegExp).toString(), walk) };
    case "ArrayBuffer":
      return { $buffer: { type: tag, bytes: textTree(base64(new Uint8Array(value as ArrayBuffer)), walk) } };
    case "String":
    case "Number":
    case "Boolean":
    case "BigInt":
      return { $boxed: walked(value.valueOf(), walk) };
    default:
      throw unstorable(walk.where, { at: "", what: `an instance of ${tag}` }); // a class that the codec has learnt since
  }
}

function viewTree(view: ArrayBufferView, tag: string, walk: Walk): Json {
  const bytes = textTree(base64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)), walk);
  return tag === "Uint8Array" ? { $bytes: bytes } : { $buffer: { type: tag, bytes } };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
