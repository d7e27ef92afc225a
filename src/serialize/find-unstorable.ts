import { STORABLE_CLASSES } from "./custom-types.ts";
import { type Envelope, envelopeOf, type PayloadSink } from "./envelope.ts";
import { MAX_DEPTH } from "./strict-json.ts";

/** The first thing in a value that cannot be stored. */
export interface Unstorable {
  /** Where in the value: `output.items[3].when`; empty for the value as a whole. */
  readonly at: string;
  /** What stands there, to follow the word "is": `an instance of Invoice`. */
  readonly what: string;
}

/** What is found on the way, for whoever then stores the value. */
export interface Found {
  /** What stands in the place of instances of registered classes, and of files. */
  readonly envelopes: Map<object, Envelope>;
  /** Takes in the bytes of files; null where they are to stand in the value itself. */
  readonly payloads: PayloadSink | null;
}

interface Walk {
  readonly path: string[];
  readonly above: Set<object>;
  readonly seen: Set<object>;
  readonly found: Found;
}

/**
 * Looks for what the codec cannot store: functions, symbols, instances of classes that are not registered, cycles, and
 * more than 500 levels. Null where everything can be stored. Linear in the number of distinct objects; each instance of a
 * registered class is asked for its data once.
 */
export function findUnstorable(value: unknown, found: Found): Unstorable | null {
  const walk: Walk = { path: [], above: new Set(), seen: new Set(), found };
  const what = faultOf(value, walk);
  return what === null ? null : { at: walk.path.join(""), what };
}

/** Leaves the place of the fault on `walk.path`; where there is none, the path is as it was. */
function faultOf(value: unknown, walk: Walk): string | null {
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value === "symbol") return "a symbol";
  if (typeof value !== "object" || value === null) return null;
  if (walk.above.has(value)) return "a reference back to a value it is part of";
  if (walk.seen.has(value)) return null;
  if (walk.above.size > MAX_DEPTH) return `nested more than ${MAX_DEPTH} levels deep`;
  const envelope = envelopeOf(value, walk.found.payloads);
  if (typeof envelope === "string") return envelope;
  if (envelope !== null) return faultInEnvelope(value, envelope, walk);
  const unknownClass = unknownClassOf(value);
  if (unknownClass !== null) return `an instance of ${unknownClass}`;
  const lost = lostFieldOf(value);
  if (lost !== null) return lost;
  walk.seen.add(value);
  walk.above.add(value);
  const fault = faultInside(value, walk);
  walk.above.delete(value);
  return fault;
}

/** The fault is the serializer's, so the place is that of the instance: nobody knows the places in what it gave. */
function faultInEnvelope(value: object, envelope: Envelope, walk: Walk): string | null {
  walk.found.envelopes.set(value, envelope);
  walk.seen.add(value);
  walk.above.add(value);
  const depth = walk.path.length;
  const fault = faultOf(envelope.data, walk);
  walk.above.delete(value);
  if (fault === null) return null;
  const inner = walk.path.splice(depth).join("").replace(/^\./, "");
  if (fault.includes(GIVES)) return fault; // told of the innermost, or a long chain of them would be one long sentence
  const given = fault.startsWith("nested") ? `data ${fault}` : fault;
  return `an instance of ${nameOf(value)}, ${GIVES} ${given}${inner === "" ? "" : ` at ${shortened(inner)}`}`;
}

const GIVES = "whose serializer gives";

function faultInside(value: object, walk: Walk): string | null {
  if (Array.isArray(value)) return faultInArray(value, walk);
  if (value instanceof Map) return faultInMap(value, walk);
  if (value instanceof Set) return faultInSet(value, walk);
  if (ArrayBuffer.isView(value)) return null;
  for (const key of Object.keys(value)) {
    if (key === "__proto__") return 'an object with a "__proto__" key';
    const fault = faultAt(placeOfKey(key, walk), (value as Readonly<Record<string, unknown>>)[key], walk);
    if (fault !== null) return fault;
  }
  return null;
}

/** Fields that would be lost without a word: symbols, hidden ones, and those of a list or a map besides its items. */
function lostFieldOf(value: object): string | null {
  if (ArrayBuffer.isView(value) || isBoxed(value)) return null; // their own keys are their items
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === "symbol") return "an object with a symbol as a key";
    if (Array.isArray(value) ? key === "length" || /^(?:0|[1-9]\d*)$/.test(key) : isOwnOf(value, key)) continue;
    return `${Array.isArray(value) ? "a list" : "an object"} with a field "${key}" that is not part of its data`;
  }
  return null;
}

function isOwnOf(value: object, key: string): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isPlain
    ? Object.prototype.propertyIsEnumerable.call(value, key)
    : value instanceof RegExp && key === "lastIndex" && value.lastIndex === 0;
}

function isBoxed(value: object): boolean {
  return ["[object String]", "[object Number]", "[object Boolean]"].includes(Object.prototype.toString.call(value));
}

function faultInArray(list: readonly unknown[], walk: Walk): string | null {
  // By its keys, because a sparse array can be longer than anybody wants to walk.
  for (const index of Object.keys(list)) {
    const fault = faultAt(`[${index}]`, list[Number(index)], walk);
    if (fault !== null) return fault;
  }
  return null;
}

function faultInMap(map: ReadonlyMap<unknown, unknown>, walk: Walk): string | null {
  for (const [key, inner] of map) {
    const place = `.get(${typeof key === "string" ? JSON.stringify(key) : typeof key === "number" ? key : "…"})`;
    const fault = faultAt(place, key, walk) ?? faultAt(place, inner, walk);
    if (fault !== null) return fault;
  }
  return null;
}

function faultInSet(set: ReadonlySet<unknown>, walk: Walk): string | null {
  let index = 0;
  for (const inner of set) {
    const fault = faultAt(`.values()[${index++}]`, inner, walk);
    if (fault !== null) return fault;
  }
  return null;
}

function faultAt(place: string, value: unknown, walk: Walk): string | null {
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") return null;
  walk.path.push(place);
  const fault = faultOf(value, walk);
  if (fault === null) walk.path.pop();
  return fault;
}

function placeOfKey(key: string, walk: Walk): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key)) return `[${JSON.stringify(key)}]`;
  return walk.path.length === 0 ? key : `.${key}`;
}

function nameOf(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : tagOf(value);
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function unknownClassOf(value: object): string | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return null;
  const tag = tagOf(value);
  const name = nameOf(prototype);
  // A plain object of another realm (a vm context) has an Object.prototype of its own, whose own prototype is null.
  if (Object.getPrototypeOf(prototype) === null && tag === "Object" && name === "Object") return null;
  const known = STORABLE_CLASSES.has(name) && (tag === name || name === "Buffer");
  return known ? null : name === "Object" ? "an unnamed class" : name;
}

/** Both ends of a long path: hundreds of levels say no more than the first and the last few. */
export function shortened(path: string): string {
  return path.length <= 160 ? path : `${path.slice(0, 80)}…${path.slice(-40)}`;
}
