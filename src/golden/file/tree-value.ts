import { FlujoError, messageOf } from "../../base/errors.ts";
import { sha256 } from "../../base/hash.ts";
import { isPlainObject, type Json } from "../../base/json.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { opened, openedOrKept, type Foreign } from "../../serialize/envelope.ts";
import { MAX_DEPTH } from "../../serialize/strict-json.ts";
import { type Escape, escapeOf } from "./value-tree.ts";

/** A place in a tree that no value can be made of: the keys and indices on the way there, and what is wrong. */
export class Misfit extends Error {
  override readonly name = "Misfit";
  readonly path: readonly (string | number)[];
  /** What to do about it, where that is more than to mend the file. */
  readonly remedy: string | null;

  constructor(
    path: readonly (string | number)[],
    what: string,
    { cause, remedy }: { readonly cause?: unknown; readonly remedy?: string } = {},
  ) {
    super(what, { cause });
    this.path = path;
    this.remedy = remedy ?? null;
  }
}

/** Where a value comes from. */
export interface Origin {
  /** The text of a payload, or what is wrong with it, to be thrown. */
  readonly textOf: (name: string) => string | Error;
  /** Instances of classes that are not registered here: refused, or kept as they are stored. */
  readonly foreign: Foreign;
}

interface Walk extends Origin {
  readonly path: (string | number)[];
}

/** The value that {@link treeOf} made the tree of. @throws {Misfit} */
export function valueOf(tree: Json, origin: Origin): unknown {
  return read(tree, { ...origin, path: [] });
}

/** Each level of a value is at most three of its tree. */
const DEEPEST = MAX_DEPTH * 4;

function read(tree: Json, walk: Walk): unknown {
  if (typeof tree !== "object" || tree === null) return tree;
  if (walk.path.length > DEEPEST) throw misfit(walk, `It is nested more than ${DEEPEST} levels deep`);
  if (isList(tree)) return tree.map((item, index) => readAt(index, item, walk));
  const escape = escapeOf(tree);
  if (escape === null) return readFields(tree, walk);
  walk.path.push(escape);
  const value = READERS[escape](tree[escape] ?? null, walk);
  walk.path.pop();
  return value;
}

function isList(tree: Json): tree is readonly Json[] {
  return Array.isArray(tree);
}

function readAt(key: string | number, tree: Json, walk: Walk): unknown {
  walk.path.push(key);
  const value = read(tree, walk);
  walk.path.pop();
  return value;
}

function readFields(tree: { readonly [key: string]: Json }, walk: Walk): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tree).map(([key, inner]) => [key, readAt(key, inner, walk)]));
}

function misfit({ path }: Walk, what: string, cause?: unknown): Misfit {
  return new Misfit([...path], what, { cause });
}

/** What each escape stands for. */
const READERS: { readonly [E in Escape]: (tree: Json, walk: Walk) => unknown } = {
  $undefined: (tree, walk) => {
    if (tree !== true) throw misfit(walk, "Write it as { $undefined: true }");
    return undefined;
  },
  $number: (tree, walk) => {
    const numbers: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity, "-0": -0 };
    const number = typeof tree === "string" && Object.hasOwn(numbers, tree) ? numbers[tree] : undefined;
    if (number === undefined) throw misfit(walk, 'It should be "NaN", "Infinity", "-Infinity" or "-0"');
    return number;
  },
  $bigint: (tree, walk) => {
    if (typeof tree !== "string" || !/^-?\d+n$/.test(tree)) throw misfit(walk, 'It should be digits with an n: "12n"');
    return BigInt(tree.slice(0, -1));
  },
  $date: (tree, walk) => {
    if (tree === "invalid") return new Date(Number.NaN);
    const date = new Date(typeof tree === "string" ? tree : Number.NaN);
    if (Number.isNaN(date.getTime())) throw misfit(walk, 'It should be a moment: "2026-01-31T12:00:00.000Z"');
    return date;
  },
  $url: (tree, walk) => made(walk, "an address", () => new URL(textAt(tree, walk))),
  $searchParams: (tree, walk) => new URLSearchParams(textAt(tree, walk)),
  $regexp: (tree, walk) => {
    const [, source, flags] = /^\/(.*)\/([a-z]*)$/su.exec(textAt(tree, walk)) ?? [];
    if (source === undefined || flags === undefined) throw misfit(walk, "It should be a regular expression: /a+/i");
    return made(walk, "a regular expression", () => new RegExp(source, flags));
  },
  $map: (tree, walk) => new Map(itemsOf(tree, walk).map((pair, index) => pairAt(pair, index, walk))),
  $set: (tree, walk) => new Set(itemsOf(tree, walk).map((item, index) => readAt(index, item, walk))),
  $bytes: (tree, walk) => bytesAt(tree, walk),
  $buffer: (tree, walk) => bufferOf(fieldsOf(tree, ["type", "bytes"], walk), walk),
  $boxed: (tree, walk) => Object(read(tree, walk)) as unknown,
  $sparse: (tree, walk) => sparseOf(fieldsOf(tree, ["length", "items"], walk), walk),
  $bare: (tree, walk) => Object.setPrototypeOf(readFields(objectOf(tree, walk), walk), null) as unknown,
  $entries: (tree, walk) =>
    Object.fromEntries(
      itemsOf(tree, walk).map((pair, index) => {
        const [key, value] = pairAt(pair, index, walk);
        if (typeof key !== "string") throw misfit(walk, "Each key should be a text");
        return [key, value];
      }),
    ),
  $file: (tree, walk) => {
    const { name = null, mediaType, bytes } = fieldsOf(tree, ["name", "mediaType", "bytes"], walk);
    if (typeof mediaType !== "string" || (name !== null && typeof name !== "string") || bytes === undefined)
      throw misfit(walk, "A file has a mediaType, bytes and perhaps a name");
    const content = bytesAt(bytes, walk);
    return new FlujoFile({ sha256: sha256(content), mediaType, name, bytes: content });
  },
  $custom: (tree, walk) => {
    const { tag, version = 1, data } = fieldsOf(tree, ["tag", "version", "data"], walk);
    if (data === undefined) throw misfit(walk, "A value of a registered class has a tag and data");
    const envelope = { tag, version, data: readAt("data", data, walk) };
    const open = walk.foreign === "keep" ? openedOrKept : opened;
    try {
      return open(envelope, null);
    } catch (cause) {
      const what = FlujoError.is(cause) ? cause.summary.replace(/\.$/, "") : messageOf(cause);
      throw new Misfit([...walk.path], what, { cause, remedy: "Register its class, by registerCustomType, before the golden is read." });
    }
  },
  $text: (tree, walk) => payload(tree, walk),
  $json: (tree, walk) => {
    const name = JSON.stringify(tree);
    const text = payload(tree, walk);
    let inside: Json;
    try {
      inside = JSON.parse(text) as Json;
    } catch (cause) {
      throw misfit(walk, `${name} is no JSON: ${messageOf(cause)}`, cause);
    }
    const textOf = (name: string): Error => new Error(`${name} is named by a payload, which no payload does`);
    try {
      return valueOf(inside, { textOf, foreign: walk.foreign });
    } catch (error) {
      if (error instanceof Misfit) throw misfit(walk, `${name}, at ${error.path.join(".") || "its top"}: ${error.message}`, error);
      throw error;
    }
  },
  $plain: (tree, walk) => readFields(objectOf(tree, walk), walk),
};

function payload(tree: Json, walk: Walk): string {
  if (typeof tree !== "string") throw misfit(walk, "It should be the name of a payload: payloads/<hash>.txt");
  const text = walk.textOf(tree);
  if (typeof text !== "string") throw misfit(walk, text.message, text);
  return text;
}

function made<T>(walk: Walk, what: string, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw misfit(walk, `It is not ${what}`, cause);
  }
}

function itemsOf(tree: Json, walk: Walk): readonly Json[] {
  if (!isList(tree)) throw misfit(walk, "It should be a list");
  return tree;
}

function pairAt(pair: Json, index: number, walk: Walk): readonly [unknown, unknown] {
  if (!isList(pair) || pair.length !== 2) throw misfit(walk, "Each item should be a list of two: a key and its value");
  const [key = null, value = null] = pair;
  walk.path.push(index);
  const read = [readAt(0, key, walk), readAt(1, value, walk)] as const;
  walk.path.pop();
  return read;
}

function objectOf(tree: Json, walk: Walk): { readonly [key: string]: Json } {
  if (isPlainObject(tree)) return tree;
  throw misfit(walk, "It should be an object");
}

function fieldsOf(tree: Json, known: readonly string[], walk: Walk): { readonly [key: string]: Json } {
  const fields = objectOf(tree, walk);
  const unknown = Object.keys(fields).find((key) => !known.includes(key));
  if (unknown !== undefined) throw misfit(walk, `It has ${known.join(", ")}, but no "${unknown}"`);
  return fields;
}

/** A text that may have been put elsewhere for its length. */
function textAt(tree: Json, walk: Walk): string {
  const text = typeof tree === "object" ? read(tree, walk) : tree;
  if (typeof text !== "string") throw misfit(walk, "It should be a text");
  return text;
}

function bytesAt(tree: Json, walk: Walk): Uint8Array<ArrayBuffer> {
  const text = textAt(tree, walk);
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw misfit(walk, "It should be bytes in base64");
  return new Uint8Array(bytes); // a copy of its own: a Buffer shares its memory with others
}

const VIEWS = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
} as const;

function bufferOf({ type, bytes }: { readonly [key: string]: Json }, walk: Walk): unknown {
  const { buffer } = bytesAt(bytes ?? null, walk);
  if (type === "ArrayBuffer") return buffer;
  const view: unknown = typeof type !== "string" ? undefined : Object.hasOwn(VIEWS, type) ? Reflect.get(VIEWS, type) : recent(type);
  if (typeof view !== "function") throw misfit(walk, `It should be ArrayBuffer or one of ${Object.keys(VIEWS).join(", ")}`);
  return made(walk, `such a view: its bytes are too few or too many`, () => Reflect.construct(view, [buffer]) as unknown);
}

/** A class that not every version of Node has. */
function recent(type: string): unknown {
  return type === "Float16Array" ? Reflect.get(globalThis, type) : undefined;
}

function sparseOf({ length, items }: { readonly [key: string]: Json }, walk: Walk): unknown {
  if (typeof length !== "number" || !Number.isInteger(length) || length < 0 || length > 2 ** 32 - 1)
    throw misfit(walk, "The length of a list should be a whole number");
  const list: unknown[] = [];
  list.length = length;
  for (const [place, pair] of itemsOf(items ?? null, walk).entries()) {
    const [index, value] = pairAt(pair, place, walk);
    if (typeof index !== "number" || !Number.isInteger(index) || index < 0 || index >= length)
      throw misfit(walk, "Each index should be a whole number below the length");
    list[index] = value;
  }
  return list;
}
