import { deepFreeze } from "../../base/deep-freeze.ts";
import { isPlainObject } from "../../base/json.ts";
import type { FieldPath, Patch } from "../../model/patch.ts";
import { encode, roundTrip } from "../../serialize/codec.ts";
import { MAX_DEPTH } from "../../serialize/strict-json.ts";

type Container = Record<string, unknown> | unknown[];

interface DraftNode {
  readonly base: Container;
  copy: Container | null;
  readonly children: Map<string, DraftNode>;
  proxy: Container | null;
}

/**
 * Lets a function change a copy of the context, and says what it changed, as patches. Objects give one patch per field;
 * a list that was changed in any way is set as a whole, since positions in a list cannot be merged.
 */
export function recordPatches(value: unknown, change: (draft: unknown) => void): readonly Patch[] {
  const root = nodeOf(isPlainObject(value) ? value : {});
  const returned: unknown = change(proxyOf(root)); // nothing, as its type says; who replaces the draft returns another object
  const patches: Patch[] = [];
  collect(root, [], patches);
  if (patches.length === 0 && isPlainObject(returned) && !drafts.has(returned))
    throw new TypeError("update was given a function that changes nothing and returns an object: change the draft, do not replace it");
  return patches;
}

/** All drafts there are, so that one which is returned is not taken for a replacement. */
const drafts = new WeakSet<object>();

function nodeOf(base: object): DraftNode {
  return { base: base as Container, copy: null, children: new Map(), proxy: null };
}

function proxyOf(node: DraftNode): Container {
  const blank: Container = Array.isArray(node.base) ? [] : {}; // lists must look like lists; the traps answer for the rest
  node.proxy ??= new Proxy(blank, {
    get: (_blank, key, receiver) => read(node, key, receiver),
    has: (_blank, key) => Reflect.has(current(node), key),
    ownKeys: () => Reflect.ownKeys(current(node)),
    getOwnPropertyDescriptor: (blankTarget, key) => describe(node, blankTarget, key),
    set: (_blank, key, next) => write(node, key, next),
    defineProperty: (_blank, key, descriptor) => write(node, key, descriptor.value),
    deleteProperty: (_blank, key) => {
      node.children.delete(String(key));
      return Reflect.deleteProperty(writable(node), key);
    },
  });
  drafts.add(node.proxy);
  return node.proxy;
}

function current(node: DraftNode): Container {
  return node.copy ?? node.base;
}

function writable(node: DraftNode): Container {
  node.copy ??= Array.isArray(node.base) ? [...node.base] : { ...node.base };
  return node.copy;
}

/** What a draft has as its `__proto__`: whoever writes to that writes to nothing, and is told so. */
const NO_PROTOTYPE = Object.freeze(Object.create(null) as object);

function read(node: DraftNode, key: string | symbol, receiver: unknown): unknown {
  if (key === "__proto__") return NO_PROTOTYPE;
  const held: unknown = Reflect.get(current(node), key, receiver);
  if (isBox(held) && held === Reflect.get(node.base, key)) {
    const copy = copyOf(held);
    Reflect.set(writable(node), key, copy);
    return copy;
  }
  if (typeof key === "symbol" || !(Array.isArray(held) || isPlainObject(held))) return held;
  let child = node.children.get(key);
  if (child === undefined || child.base !== held) {
    child = nodeOf(held);
    node.children.set(key, child);
  }
  return proxyOf(child);
}

function write(node: DraftNode, key: string | symbol, next: unknown): boolean {
  if (key === "__proto__") throw new TypeError('nothing in the context can be called "__proto__"');
  node.children.delete(String(key));
  return Reflect.set(writable(node), key, next);
}

function describe(node: DraftNode, blank: Container, key: string | symbol): PropertyDescriptor | undefined {
  const own = Reflect.getOwnPropertyDescriptor(current(node), key);
  if (own === undefined) return undefined;
  // `length` of a list cannot be reported as configurable; everything else must be, since the blank does not hold it.
  if (Array.isArray(blank) && key === "length")
    return { ...Reflect.getOwnPropertyDescriptor(blank, "length"), value: own.value as unknown };
  return { value: read(node, key, undefined), writable: true, enumerable: own.enumerable ?? true, configurable: true };
}

/** A draft that was handed out counts for as long as what it drafts still stands there. */
function liveChild(node: DraftNode, key: string): DraftNode | null {
  const child = node.children.get(key);
  return child !== undefined && child.base === Reflect.get(current(node), key) ? child : null;
}

function isChanged(node: DraftNode): boolean {
  if (node.copy !== null) return true;
  for (const child of node.children.values()) if (isChanged(child)) return true;
  return false;
}

function finished(node: DraftNode): unknown {
  if (!isChanged(node)) return node.base;
  const result = writable(node);
  for (const key of node.children.keys()) {
    const child = liveChild(node, key);
    if (child !== null && isChanged(child)) Reflect.set(result, key, finished(child));
  }
  return result;
}

function collect(node: DraftNode, at: readonly string[], patches: Patch[]): void {
  if (!isChanged(node)) return;
  const { base } = node;
  if (Array.isArray(base)) {
    patches.push({ op: "set", path: pathOf(at), value: plainOf(finished(node)) });
    return;
  }
  const now = current(node);
  for (const key of Object.keys(base)) if (!Object.hasOwn(now, key)) patches.push({ op: "delete", path: pathOf([...at, key]) });
  for (const [key, value] of Object.entries(now)) {
    const child = liveChild(node, key);
    if (!Object.hasOwn(base, key) || !isUntouched(base[key], value)) {
      patches.push({ op: "set", path: pathOf([...at, key]), value: plainOf(child === null ? value : finished(child)) });
    } else if (child !== null) collect(child, [...at, key], patches);
  }
}

/** A date, a map or a set is handed out as a copy; one that still says the same was only looked at. */
function isUntouched(before: unknown, now: unknown): boolean {
  return before === now || (isBox(before) && isBox(now) && encode(before, "", new Map()) === encode(now, "", new Map()));
}

/** What is in a map or a set may be of a registered class, which `structuredClone` would flatten. */
function copyOf(box: object): unknown {
  return box instanceof Map || box instanceof Set ? roundTrip(box, "A map or set in the context") : structuredClone(box);
}

/** What changes by its methods, which no trap would see. */
function isBox(value: unknown): value is object {
  return value instanceof Date || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value);
}

function pathOf(at: readonly string[]): FieldPath {
  const [field, ...rest] = at;
  if (field === undefined) throw new TypeError("A context is an object of fields; it cannot be replaced as a whole.");
  return [field, ...rest];
}

/** Plain data that is frozen all the way down and holds nothing that changes by its methods: it is never copied, nor looked into again. */
const settled = new WeakSet<object>();

/**
 * A copy of a value that was written: it may hold drafts (`draft.a = draft.b`), and whoever wrote it may change it later. Where it
 * goes in a circle, or deeper than any store does, it stays what it is: the store says what is wrong with it, and where.
 */
export function plainOf(value: unknown): unknown {
  return typeof value === "object" && value !== null ? copyWithin(value, new Set()) : value;
}

function copyWithin(value: unknown, above: Set<unknown>): unknown {
  if (typeof value !== "object" || value === null || settled.has(value) || above.has(value) || above.size > MAX_DEPTH) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  above.add(value);
  const copy = Array.isArray(value)
    ? value.map((inner) => copyWithin(inner, above))
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyWithin(inner, above)]));
  above.delete(value);
  return copy;
}

/**
 * The same value for a function that may look at it and must not change it: frozen, and with a copy of each date, map and set, which
 * nobody can freeze. Itself where there is none.
 */
export function untouchable(value: unknown): unknown {
  return typeof value === "object" && value !== null ? deepFreeze(settle(value, new Set())) : value;
}

function settle(value: unknown, above: Set<unknown>): unknown {
  if (isBox(value)) return copyOf(value);
  if (isSettled(value) || typeof value !== "object" || value === null || above.has(value) || above.size > MAX_DEPTH) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  above.add(value);
  const held = value as Readonly<Record<string, unknown>>; // a list has its indices as keys
  let copy: Record<string, unknown> | null = null;
  let isWholly = true;
  for (const key of Object.keys(held)) {
    const given = settle(held[key], above);
    if (!isSettled(given)) isWholly = false;
    if (given === held[key]) continue;
    copy ??= (Array.isArray(value) ? [...(value as readonly unknown[])] : { ...value }) as Record<string, unknown>;
    copy[key] = given;
  }
  above.delete(value);
  const whole = copy ?? value;
  if (isWholly) settled.add(Object.freeze(whole));
  return whole;
}

function isSettled(value: unknown): boolean {
  return typeof value !== "object" || value === null || settled.has(value);
}
