import { sha256 } from "../../base/hash.ts";
import { isPlainObject } from "../../base/json.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { ForeignValue } from "../../model/foreign-value.ts";
import { envelopeOf, opened } from "../../serialize/envelope.ts";
import { redactedBytes } from "./bytes.ts";
import { redactedJson } from "./json-text.ts";
import type { Place } from "./places.ts";
import type { SensitiveLeaves } from "./sensitive-leaf.ts";
import type { TextRedactor } from "./text-redactor.ts";

/** Fields whose values are words of the machinery: what a sensitive field held is not looked for in them. */
const MACHINERY: ReadonlySet<string> = new Set([
  "type",
  "role",
  "kind",
  "status",
  "finish",
  "finishReason",
  "code",
  "mediaType",
  "$schema",
  "$ref",
]);
/** What the codec takes; a value nested deeper is no stored one. */
const DEEPEST = 600;
/** JSON in a text in JSON in a text …: each level takes time. */
const DEEPEST_TEXT = 4;

/** Replaces what must not be seen in any value. What nothing was found in is given back itself. */
export class ValueRedactor {
  readonly #texts: TextRedactor;
  readonly #leaves: SensitiveLeaves;
  /** Parts may be shared: each is looked at once for each kind of place that it is at. */
  readonly #done = new Map<object, Map<Place, unknown>>();
  #depth = 0;
  #textDepth = 0;

  constructor(texts: TextRedactor, leaves: SensitiveLeaves) {
    this.#texts = texts;
    this.#leaves = leaves;
  }

  /** What is given back is of the same kind, so that whoever takes it apart still can. */
  redact<T>(value: T, place: Place): T {
    return this.#any(value, place) as T; // the one cast: every kind of value becomes one of its kind
  }

  text(text: string, place: Place): string {
    if (place.isSensitive) return this.#leaves.text(text, place);
    const parsed = place.readsJson && this.#textDepth < DEEPEST_TEXT ? this.#insideJson(text, place) : text;
    return this.#texts.redact(parsed, { meets: parsed === text });
  }

  /** A name or a path. */
  name<T extends string>(name: T): T {
    return this.#texts.redact(name, { isName: true }) as T; // a path remains one: placeholders of names have no signs of their own
  }

  #insideJson(text: string, place: Place): string {
    this.#textDepth++;
    const inside = place.with(place.spoken?.texts ?? []);
    const redacted = redactedJson(text, (value) => this.#any(value, inside));
    this.#textDepth--;
    return redacted;
  }

  #any(value: unknown, place: Place): unknown {
    switch (typeof value) {
      case "string":
        return this.text(value, place);
      case "number":
        return place.isSensitive ? this.#leaves.number(value, place) : this.#number(value);
      case "bigint":
        return place.isSensitive ? this.#leaves.bigint(value) : this.#bigint(value);
      case "boolean":
        return place.isSensitive ? this.#leaves.boolean(place) : value;
      case "object":
        return value === null ? value : this.#object(value, place);
      default:
        return value;
    }
  }

  #number(number: number): number {
    const redacted = this.#digits(String(number));
    return redacted === null ? number : Number.isFinite(Number(redacted)) ? Number(redacted) : 0;
  }

  #bigint(number: bigint): bigint {
    const redacted = this.#digits(String(number));
    return redacted === null ? number : /^-?\d+$/.test(redacted) ? BigInt(redacted) : 0n;
  }

  /** Null where there is nothing in it. */
  #digits(text: string): string | null {
    if (text.length < 5) return null;
    const redacted = this.#texts.redact(text);
    return redacted === text ? null : redacted;
  }

  #object(value: object, place: Place): unknown {
    const places = this.#done.get(value) ?? new Map<Place, unknown>();
    this.#done.set(value, places);
    if (places.has(place)) return places.get(place);
    if (this.#depth >= DEEPEST) return value;
    places.set(place, value); // of a value in a circle: nothing that was stored is one
    this.#depth++;
    const redacted = this.#inside(value, place);
    this.#depth--;
    places.set(place, redacted);
    return redacted;
  }

  #inside(value: object, place: Place): unknown {
    if (isPlainObject(value)) return this.#plain(value, place);
    if (Array.isArray(value)) return this.#list(value, place);
    if (value instanceof FlujoFile) return this.#file(value, place);
    if (value instanceof ForeignValue) return this.#foreign(value, place);
    const envelope = envelopeOf(value, null);
    if (typeof envelope === "object" && envelope !== null) return this.#instance(value, { ...envelope, place });
    return this.#builtIn(value, place);
  }

  #builtIn(value: object, place: Place): unknown {
    if (value instanceof Map) return this.#map(value, place);
    if (value instanceof Set) return this.#set(value, place);
    if (value instanceof Date) return place.isSensitive ? this.#leaves.date(value) : this.#date(value);
    if (value instanceof URL) return this.#remade(value.href, place, (href) => (URL.canParse(href) ? new URL(href) : NO_ADDRESS)) ?? value;
    if (value instanceof URLSearchParams) return this.#remade(value.toString(), place, (text) => new URLSearchParams(text)) ?? value;
    if (value instanceof RegExp) return this.#expression(value, place);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
      return redactedBytes(value, { texts: this.#texts, isSensitive: place.isSensitive });
    const unboxed: unknown = value.valueOf();
    if (typeof unboxed === "object") return value; // what the codec refuses cannot be written
    const redacted = this.#any(unboxed, place);
    return Object.is(redacted, unboxed) ? value : Object(redacted);
  }

  #plain(value: Readonly<Record<string, unknown>>, place: Place): unknown {
    let isChanged = false;
    const entries = new Map<string, unknown>();
    const called = place.spoken === null ? null : nameOfCalled(value);
    for (const key of Object.keys(value)) {
      const inner = value[key];
      const at = key === "input" && called !== null ? place.toolInput(called) : place.field(key);
      const isWord = typeof inner === "string" && MACHINERY.has(key) && !at.isSensitive;
      const redacted = isWord ? this.#texts.redact(inner, { words: false }) : this.#any(inner, at);
      const name = freeIn(entries, this.#key(key));
      isChanged ||= name !== key || !Object.is(redacted, inner);
      entries.set(name, redacted);
    }
    if (!isChanged) return value;
    const made: unknown = Object.fromEntries(entries);
    return Object.getPrototypeOf(value) === null ? Object.setPrototypeOf(made, null) : made;
  }

  /** A name of a field may be a word that a sensitive field held somewhere; a key of data has more than letters. */
  #key(key: string): string {
    return this.#texts.redact(key, { words: !/^[A-Za-z_$]+$/.test(key) });
  }

  #list(list: readonly unknown[], place: Place): unknown {
    let made: unknown[] | null = null;
    for (const key of Object.keys(list)) {
      const index = Number(key);
      const redacted = this.#any(list[index], place.item(index));
      if (Object.is(redacted, list[index])) continue;
      made ??= list.slice(); // holes stay holes
      made[index] = redacted;
    }
    return made ?? list;
  }

  #map(map: ReadonlyMap<unknown, unknown>, place: Place): unknown {
    let isChanged = false;
    const made = new Map<unknown, unknown>();
    for (const [key, inner] of map) {
      const at = typeof key === "string" || typeof key === "number" ? place.field(String(key)) : place.item(0);
      const redactedKey =
        typeof key === "string" ? this.#texts.redact(key) : typeof key === "number" ? this.#number(key) : this.#any(key, at);
      const redacted = this.#any(inner, at);
      isChanged ||= !Object.is(redacted, inner) || !Object.is(redactedKey, key);
      made.set(typeof redactedKey === "string" ? freeIn(made, redactedKey) : redactedKey, redacted);
    }
    return isChanged ? made : map;
  }

  #set(set: ReadonlySet<unknown>, place: Place): unknown {
    const items = [...set];
    const redacted = this.#list(items, place);
    return redacted === items ? set : new Set(redacted as readonly unknown[]);
  }

  #date(date: Date): Date {
    if (Number.isNaN(date.getTime())) return date;
    const text = date.toISOString();
    const redacted = this.#texts.redact(text);
    return redacted === text || Number.isNaN(Date.parse(redacted)) ? date : new Date(redacted);
  }

  /** Null where there is nothing to replace. */
  #remade(text: string, place: Place, make: (redacted: string) => unknown): unknown {
    const redacted = this.text(text, place);
    return redacted === text ? null : make(redacted);
  }

  #expression(expression: RegExp, place: Place): RegExp {
    const redacted = this.text(expression.source, place);
    if (redacted === expression.source) return expression;
    return new RegExp(redacted.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`), expression.flags);
  }

  #file(file: FlujoFile, place: Place): FlujoFile {
    const bytes = redactedBytes(file.bytes, { texts: this.#texts, isSensitive: place.isSensitive });
    const name = file.name === null ? null : this.text(file.name, place);
    const mediaType = this.#texts.redact(file.mediaType, { words: false });
    if (bytes === file.bytes && name === file.name && mediaType === file.mediaType) return file;
    return new FlujoFile({ sha256: bytes === file.bytes ? file.sha256 : sha256(bytes), mediaType, name, bytes });
  }

  #foreign(value: ForeignValue, place: Place): ForeignValue {
    const data = this.#any(value.data, place);
    return Object.is(data, value.data) ? value : new ForeignValue({ tag: value.tag, version: value.version, data });
  }

  /** What its serializer gives; where nothing can be made of that any more, it stands as what would have been stored. */
  #instance(
    value: object,
    stored: { readonly tag: string; readonly version: number; readonly data: unknown; readonly place: Place },
  ): unknown {
    const { tag, version, place } = stored;
    const data = this.#any(stored.data, place);
    if (Object.is(data, stored.data)) return value;
    try {
      return opened({ tag, version, data }, null);
    } catch {
      return new ForeignValue({ tag, version, data }); // it was made of what is secret, and takes nothing else
    }
  }
}

const NO_ADDRESS = new URL("https://redacted.example/");

/** The name of the tool whose arguments are in `input` beside it, in a call, in a message, or in what is asked about one. */
function nameOfCalled(value: Readonly<Record<string, unknown>>): string | null {
  const name = value["toolName"] ?? value["tool"] ?? value["name"];
  return typeof name === "string" ? name : null;
}

/** Two keys may become one: then the later has a number behind it. */
function freeIn(entries: ReadonlyMap<unknown, unknown>, key: string): string {
  let free = key;
  for (let number = 2; entries.has(free); number++) free = `${key} (${number})`;
  return free;
}
