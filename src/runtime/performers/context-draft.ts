import { isPlainObject } from "../../base/json.ts";
import type { FieldPath, Patch } from "../../model/patch.ts";

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
  change(proxyOf(root));
  const patches: Patch[] = [];
  collect(root, [], patches);
  return patches;
}

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
  return node.proxy;
}

function current(node: DraftNode): Container {
  return node.copy ?? node.base;
}

function writable(node: DraftNode): Container {
  node.copy ??= Array.isArray(node.base) ? [...(node.base as unknown[])] : { ...node.base };
  return node.copy;
}

function read(node: DraftNode, key: string | symbol, receiver: unknown): unknown {
  const held: unknown = Reflect.get(current(node), key, receiver);
  if (typeof key === "symbol" || !(Array.isArray(held) || isPlainObject(held))) return held;
  let child = node.children.get(key);
  if (child === undefined || child.base !== held) {
    child = nodeOf(held);
    node.children.set(key, child);
  }
  return proxyOf(child);
}

function write(node: DraftNode, key: string | symbol, next: unknown): boolean {
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

function isChanged(node: DraftNode): boolean {
  if (node.copy !== null) return true;
  for (const child of node.children.values()) if (isChanged(child)) return true;
  return false;
}

function finished(node: DraftNode): unknown {
  if (!isChanged(node)) return node.base;
  const result = writable(node);
  for (const [key, child] of node.children) if (isChanged(child)) Reflect.set(result, key, finished(child));
  return result;
}

function collect(node: DraftNode, at: readonly string[], patches: Patch[]): void {
  if (!isChanged(node)) return;
  if (Array.isArray(node.base)) {
    patches.push({ op: "set", path: pathOf(at), value: plainOf(finished(node)) });
    return;
  }
  const { base, copy } = node;
  for (const [key, child] of node.children) collect(child, [...at, key], patches);
  if (copy === null || Array.isArray(copy) || Array.isArray(base)) return;
  for (const key of Object.keys(base)) if (!Object.hasOwn(copy, key)) patches.push({ op: "delete", path: pathOf([...at, key]) });
  for (const [key, value] of Object.entries(copy)) {
    if (node.children.has(key) || (Object.hasOwn(base, key) && base[key] === value)) continue;
    patches.push({ op: "set", path: pathOf([...at, key]), value: plainOf(value) });
  }
}

function pathOf(at: readonly string[]): FieldPath {
  const [field, ...rest] = at;
  if (field === undefined) throw new TypeError("A context is an object of fields; it cannot be replaced as a whole.");
  return [field, ...rest];
}

/** A value that was written may hold drafts (`draft.a = draft.b`); outside they must be data again. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainOf(inner)]));
  return value;
}
