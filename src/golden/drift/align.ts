import type { GoldenOperation } from "../golden.ts";
import { partnersElsewhere } from "./find-moved.ts";
import type { Sides } from "./pairs.ts";
import { Pairs, putTo } from "./pairs.ts";

/** An operation as it was recorded and as it is now; null where there is none. */
export interface Row {
  readonly recorded: GoldenOperation | null;
  readonly now: GoldenOperation | null;
  /** Its positions in the two lists; -1 where it is not there. */
  readonly recordedAt: number;
  readonly nowAt: number;
}

/**
 * The operations of two goldens side by side, in the order of now; what is missing stands behind what was before it. By
 * their paths, and where a path is not there any more, by what is asked.
 */
export function align(recorded: readonly GoldenOperation[], now: readonly GoldenOperation[]): readonly Row[] {
  const sides: Sides = { recorded, now, begins: commonStart(recorded, now) };
  const rows: Row[] = [];
  for (let at = 0; at < sides.begins; at++) rows.push({ recorded: recorded[at] ?? null, now: now[at] ?? null, recordedAt: at, nowAt: at });
  if (sides.begins === recorded.length && sides.begins === now.length) return rows;
  const pairs = pairsByPath(sides);
  const left = Math.min(recorded.length, now.length) - sides.begins - pairs.nowOf.size;
  if (left > 0) partnersElsewhere(sides, pairs);
  return merge(sides, pairs, rows);
}

function commonStart(recorded: readonly GoldenOperation[], now: readonly GoldenOperation[]): number {
  const shorter = Math.min(recorded.length, now.length);
  let at = 0;
  while (at < shorter && recorded[at]?.path === now[at]?.path) at++;
  return at;
}

function pairsByPath({ recorded, now, begins }: Sides): Pairs {
  const places = new Map<string, number[]>();
  for (let at = now.length - 1; at >= begins; at--) putTo<string, number>(places, now[at]?.path ?? "", at);
  const pairs = new Pairs();
  for (let at = begins; at < recorded.length; at++) {
    const found = places.get(recorded[at]?.path ?? "")?.pop();
    if (found !== undefined) pairs.add(at, found);
  }
  return pairs;
}

function merge({ recorded, now, begins }: Sides, pairs: Pairs, rows: Row[]): readonly Row[] {
  const missing = new Map<number, number[]>();
  let after = begins - 1;
  for (let at = begins; at < recorded.length; at++) {
    const partner = pairs.nowOf.get(at);
    if (partner === undefined) putTo(missing, after, at);
    else after = partner;
  }
  const addMissing = (behind: number): void => {
    for (const at of missing.get(behind) ?? []) rows.push({ recorded: recorded[at] ?? null, now: null, recordedAt: at, nowAt: -1 });
  };
  let last = begins - 1;
  for (let at = begins; at < now.length; at++) {
    const partner = pairs.recordedOf.get(at) ?? -1;
    if (partner !== -1) {
      addMissing(last); // behind what is new: that may have made the run end
      last = at;
    }
    rows.push({ recorded: recorded[partner] ?? null, now: now[at] ?? null, recordedAt: partner, nowAt: at });
  }
  addMissing(last);
  return rows;
}
