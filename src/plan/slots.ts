import { isPlainObject } from "../base/json.ts";
import type { NodePath } from "../model/path.ts";
import { childNodePath } from "../model/path.ts";
import type { Place } from "./compilation.ts";
import type { Definition } from "./definition.ts";
import { invalid, shown } from "./invalid.ts";
import { checkKey } from "./names.ts";

type Slot = readonly [string, Definition];

interface Slots {
  readonly mayBeEmpty?: boolean;
  /** What their author calls them. @defaultValue `"branches"` */
  readonly all?: "branches" | "judges" | "states";
}

/**
 * The programs that a node holds by their keys.
 *
 * @throws {FlujoError} `pipeline_invalid`, unless they are an object whose keys can be segments of a path.
 */
export function slotsOf(path: NodePath, branches: unknown, { mayBeEmpty = false, all = "branches" }: Slots = {}): readonly Slot[] {
  if (!isPlainObject(branches)) throw invalid(path, `its ${all} are ${shown(branches)}`, "Give them as an object: { key: program }.");
  const slots = Object.entries(branches) as [string, Definition][];
  if (slots.length === 0 && !mayBeEmpty) throw invalid(path, `it has no ${all}`, "Give at least one.");
  for (const [key] of slots) checkKey(path, key);
  return slots;
}

/** Where the program under this key stands. */
export function slotPlace(above: Place, key: string): Place {
  return { path: childNodePath(above.path, key), segment: key, name: key, level: above.level + 1 };
}

/** The segment of a slot of the node's own beside those of its author, who may have called one the same: theirs keeps the name. */
export function freeSlot(word: string, slots: readonly Slot[]): string {
  const taken = new Set(slots.map(([key]) => key));
  let segment = word;
  for (let n = 2; taken.has(segment); n++) segment = `${word}-${n}`;
  return segment;
}
