import type { Row } from "./align.ts";
import type { AtOnce } from "./at-once.ts";
import type { Place, PlaceTree } from "./place-tree.ts";

/** A place below which things come in another order than they did. */
export interface Reordered {
  readonly place: Place;
  /** `steps`: what is asked; `outcomes`: what was quicker in a race. */
  readonly of: "steps" | "outcomes";
  /** What both have below it, by name, in the order of each. */
  readonly recorded: readonly string[];
  readonly now: readonly string[];
  /** The position among the operations of now from which on it matters. */
  readonly nowAt: number;
}

/** Where things come in another order that run one after the other, and where another one won a race. */
export function findReordered(rows: readonly Row[], tree: PlaceTree, atOnce: AtOnce): readonly Reordered[] {
  const found: Reordered[] = [];
  const places = new Set<Place>();
  for (const [before, after] of descents(rows.filter(isPaired), ({ recordedAt }) => recordedAt)) {
    const [place, one, other] = parting(tree, before, after);
    if (places.has(place) || (one !== null && other !== null && runAtOnce(one, other, atOnce))) continue;
    places.add(place);
    found.push(reordered(place));
  }
  const raced = rows.filter((row) => isPaired(row) && typeof row.recorded?.nth === "number" && typeof row.now?.nth === "number");
  raced.sort((a, b) => (a.now?.nth ?? 0) - (b.now?.nth ?? 0));
  const races = new Set<Place>();
  for (const [before, after] of descents(raced, ({ recorded }) => recorded?.nth ?? 0)) {
    const [place] = parting(tree, before, after);
    if (races.has(place)) continue;
    races.add(place);
    const [recorded, now] = [after.now?.path ?? "", before.now?.path ?? ""];
    found.push({ place, of: "outcomes", recorded: [recorded, now], now: [now, recorded], nowAt: place.spans.now?.first ?? 0 });
  }
  return found;
}

function isPaired({ recorded, now }: Row): boolean {
  return recorded !== null && now !== null && recorded.path === now.path;
}

/** The neighbours of which the later one came earlier before. */
function* descents(rows: readonly Row[], rank: (row: Row) => number): Generator<readonly [Row, Row]> {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    if (before !== undefined && rank(before) > rank(row)) yield [before, row];
  }
}

/** The place at which the ways to two operations part, and which way each goes; null where it ends there. */
function parting(tree: PlaceTree, before: Row, after: Row): readonly [Place, Place | null, Place | null] {
  const one = wayTo(tree.at(before.now?.path ?? ""));
  const other = wayTo(tree.at(after.now?.path ?? ""));
  let depth = 0;
  while (depth < one.length && one[depth] === other[depth]) depth++;
  return [one[depth - 1] ?? tree.root, one[depth] ?? null, other[depth] ?? null];
}

function wayTo(place: Place): readonly Place[] {
  const way: Place[] = [];
  for (let at: Place | null = place; at !== null; at = at.parent) way.push(at);
  return way.reverse();
}

function runAtOnce(one: Place, other: Place, atOnce: AtOnce): boolean {
  return one.token.startsWith("[") === other.token.startsWith("[") && atOnce.isAtOnce(one) && atOnce.isAtOnce(other);
}

function reordered(place: Place): Reordered {
  const stayed = [...place.below.values()].filter(({ spans }) => spans.recorded !== null && spans.now !== null);
  const was = stayed.toSorted((a, b) => (a.spans.recorded?.first ?? 0) - (b.spans.recorded?.first ?? 0));
  const is = stayed.toSorted((a, b) => (a.spans.now?.first ?? 0) - (b.spans.now?.first ?? 0));
  const moved = is.find((each, index) => each !== was[index]);
  const name = ({ token }: Place): string => token;
  const nowAt = (moved ?? place).spans.now?.first ?? 0;
  return { place, of: "steps", recorded: was.map(name), now: is.map(name), nowAt };
}
