import type { GoldenOperation } from "../golden.ts";
import type { Pairs, Sides } from "./pairs.ts";
import { putTo } from "./pairs.ts";
import type { Place } from "./place-tree.ts";
import { PlaceTree, isOneSided, pathOf } from "./place-tree.ts";
import { sameValue } from "./same-value.ts";

/** Of many that ask the same, so many are looked at. */
const LOOKED_AT = 8;

/**
 * Pairs what was renamed or moved: first by what is asked, then, below a place that was found so, by the path that is left.
 * Decisions only in the second way: many of them ask the same.
 */
export function partnersElsewhere(sides: Sides, pairs: Pairs): void {
  const { recorded, now, begins } = sides;
  const gaps = gapsOf(sides, pairs);
  const questions = new Map<string, number[]>();
  for (const at of gaps.now.keys()) {
    const operation = now[at];
    if (operation !== undefined && operation.kind !== "decide") putTo(questions, questionOf(operation), at);
  }
  const tree = new PlaceTree({ recorded, now });
  const moved = new Map<Place, string>();
  for (const [at, gap] of gaps.recorded) {
    const operation = recorded[at];
    if (operation === undefined || operation.kind === "decide") continue;
    const candidates = questions.get(questionOf(operation)) ?? [];
    const index = likest(operation, candidates.slice(0, LOOKED_AT), (candidate) => ({
      operation: now[candidate],
      isHere: gaps.now.get(candidate) === gap,
    }));
    const [found] = index < 0 ? [] : candidates.splice(index, 1);
    if (found === undefined) continue;
    pairs.add(at, found);
    noteMove(moved, tree.at(operation.path), tree.at(now[found]?.path ?? ""));
  }
  if (moved.size > 0) pairBelow(sides, pairs, { tree, moved, begins });
}

/** For all that has no partner: behind which pair it stands, by the position of now. */
function gapsOf({ recorded, now, begins }: Sides, pairs: Pairs) {
  const gaps = { recorded: new Map<number, number>(), now: new Map<number, number>() };
  let last = begins - 1;
  for (let at = begins; at < recorded.length; at++) {
    const partner = pairs.nowOf.get(at);
    if (partner === undefined) gaps.recorded.set(at, last);
    else last = partner;
  }
  last = begins - 1;
  for (let at = begins; at < now.length; at++) {
    if (pairs.recordedOf.has(at)) last = at;
    else gaps.now.set(at, last);
  }
  return gaps;
}

interface Candidate {
  readonly operation: GoldenOperation | undefined;
  /** Whether it stands at the same point among what has a partner. */
  readonly isHere: boolean;
}

/** Which of those that may ask the same is this one: by its answer, its name, and where it stands. -1: none. */
function likest(wanted: GoldenOperation, candidates: readonly number[], look: (at: number) => Candidate): number {
  let best = -1;
  let most = 0;
  for (const [index, at] of candidates.entries()) {
    const { operation, isHere } = look(at);
    if (operation === undefined || !sameValue(wanted.request, operation.request)) continue;
    const hasName = wanted.name === operation.name;
    if (!hasName && Object.keys(wanted.request).length === 0) continue; // it asks nothing that could be the same
    const points = (sameValue(wanted.response, operation.response) ? 4 : 0) + (hasName ? 2 : 0) + (isHere ? 1 : 0);
    if (points <= most) continue;
    best = index;
    most = points;
  }
  return best;
}

/** So many members of a question tell it from others before the whole is compared. */
const SAMPLED = 32;

/** Text that is equal for equal questions, and mostly not for others. Of a large one only the beginning is read. */
function questionOf({ kind, about, waitsFor, request }: GoldenOperation): string {
  const said: string[] = [kind, about ?? "", waitsFor ?? ""];
  const open: unknown[] = [request];
  for (let index = 0; index < open.length && index < SAMPLED; index++) {
    const value = open[index];
    if (typeof value === "string") said.push(`${value.length}`, value.slice(0, 64));
    else if (typeof value !== "object" || value === null) said.push(String(value));
    else if (Array.isArray(value)) open.push(...(value as readonly unknown[]).slice(0, SAMPLED));
    else for (const key of Object.keys(value).sort().slice(0, SAMPLED)) open.push(key, (value as Readonly<Record<string, unknown>>)[key]);
  }
  return said.join("\n");
}

/** Notes which place has become which: the highest one, of those with the same way below it, that is nowhere in the other golden. */
function noteMove(moved: Map<Place, string>, was: Place, is: Place): void {
  let from = was;
  let to = is;
  while (from.token === to.token && from.parent !== null && to.parent !== null && isOneSided(from.parent) && isOneSided(to.parent)) {
    from = from.parent;
    to = to.parent;
  }
  if (isOneSided(from) && isOneSided(to) && !moved.has(from)) moved.set(from, pathOf(to));
}

interface Moves {
  readonly tree: PlaceTree;
  readonly moved: ReadonlyMap<Place, string>;
  readonly begins: number;
}

function pairBelow({ recorded, now }: Sides, pairs: Pairs, { tree, moved, begins }: Moves): void {
  const free = new Map<string, number>();
  for (let at = begins; at < now.length; at++) if (!pairs.recordedOf.has(at)) free.set(now[at]?.path ?? "", at);
  for (let at = begins; at < recorded.length; at++) {
    const operation = recorded[at];
    if (operation === undefined || pairs.nowOf.has(at)) continue;
    const found = free.get(movedPath(operation.path, tree, moved) ?? "");
    if (found === undefined || now[found]?.kind !== operation.kind || now[found]?.about !== operation.about) continue;
    free.delete(now[found]?.path ?? "");
    pairs.add(at, found);
  }
}

/** Where a path is now, by the nearest place above it of which that is known; null where none is. */
function movedPath(path: string, tree: PlaceTree, moved: ReadonlyMap<Place, string>): string | null {
  for (let place: Place | null = tree.at(path); place !== null; place = place.parent) {
    const to = moved.get(place);
    if (to !== undefined) return to + path.slice(pathOf(place).length);
  }
  return null;
}
