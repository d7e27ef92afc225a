import { isPlainObject } from "../../base/json.ts";
import type { Differ } from "./differ.ts";
import { sameValue } from "./same-value.ts";

/** A field that differs between two values. */
export interface FieldDifference {
  /** Where: `customer.address[2]`; empty for the value as a whole. */
  readonly at: string;
  /** Undefined where it is not there. */
  readonly recorded: unknown;
  readonly now: unknown;
}

/** All that differs, up to a limit. */
export interface FieldDifferences {
  readonly found: readonly FieldDifference[];
  /** Whether there are more. */
  readonly isCut: boolean;
}

interface Way {
  readonly above: Way | null;
  readonly key: string | number;
}

interface Open {
  readonly way: Way | null;
  readonly recorded: unknown;
  readonly now: unknown;
}

/** Lists of up to so many items are matched item by item; of longer ones each item is compared with the one at its place. */
const MATCHED = 500;

/** In which fields two values differ, in their order. Deep and circular values end; lists are matched where one has more items. */
export function fieldDifferences(
  recorded: unknown,
  now: unknown,
  { limit, differ }: { readonly limit: number; readonly differ: Differ },
): FieldDifferences {
  const found: FieldDifference[] = [];
  const noted = new Map<object, unknown>();
  const open: Open[] = [{ way: null, recorded, now }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { recorded: was, now: is, way } = next;
    if (Object.is(was, is)) continue;
    if (typeof was === "object" && was !== null) {
      if (noted.has(was) && noted.get(was) === is) continue; // it is open, or was told
      noted.set(was, is);
    }
    const below = membersOf(next, differ);
    if (below === null) {
      if (sameValue(was, is)) continue;
      if (found.length === limit) return { found, isCut: true };
      found.push({ at: textOf(way), recorded: was, now: is });
    } else for (const member of below.reverse()) open.push(member);
  }
  // Two that differ only in that one has a field with nothing in it: they are shown as a whole.
  if (found.length === 0 && !sameValue(recorded, now)) found.push({ at: "", recorded, now });
  return { found, isCut: false };
}

/** What two values have below them, side by side; null where they cannot be looked into together. */
function membersOf({ way, recorded, now }: Open, differ: Differ): Open[] | null {
  if (Array.isArray(recorded) && Array.isArray(now)) return itemsOf({ way, recorded, now }, differ);
  if (!isPlainObject(recorded) || !isPlainObject(now)) return null;
  const keys = new Set([...Object.keys(recorded), ...Object.keys(now)]);
  return [...keys].map((key) => ({ way: { above: way, key }, recorded: own(recorded, key), now: own(now, key) }));
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

interface Lists {
  readonly way: Way | null;
  readonly recorded: readonly unknown[];
  readonly now: readonly unknown[];
}

function itemsOf(lists: Lists, differ: Differ): Open[] {
  const { way, recorded, now } = lists;
  const longer = Math.max(recorded.length, now.length);
  const changes = recorded.length === now.length || longer > MATCHED ? null : differ(recorded, now);
  if (changes === null)
    return Array.from({ length: longer }, (_, key) => ({ way: { above: way, key }, recorded: recorded[key], now: now[key] }));
  const open: Open[] = [];
  let at = 0;
  let nowAt = 0;
  for (const { recorded: gone, now: come } of changes) {
    for (let index = 0; index < Math.max(gone.length, come.length); index++) {
      const key = index < come.length ? nowAt + index : at + index;
      open.push({ way: { above: way, key }, recorded: gone[index], now: come[index] });
    }
    at += gone.length;
    nowAt += come.length;
  }
  return open;
}

function textOf(way: Way | null): string {
  const keys: (string | number)[] = [];
  for (let at = way; at !== null; at = at.above) keys.push(at.key);
  const shown = keys.length > 12 ? keys.slice(0, 12) : keys;
  const text = shown.reverse().reduce<string>((path, key) => path + (typeof key === "number" ? `[${key}]` : name(key, path === "")), "");
  return keys.length > 12 ? `…${text}` : text;
}

function name(key: string, isFirst: boolean): string {
  if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(key)) return `[${JSON.stringify(key.slice(0, 40))}]`;
  return isFirst ? key : `.${key}`;
}
