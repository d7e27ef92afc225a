import type { GoldenOperation } from "../golden.ts";

/** Which of the two goldens. */
export type Side = "recorded" | "now";

/** The first and the last of a golden's operations at a place and below it, as positions in their list. */
export interface Span {
  first: number;
  last: number;
}

/** A place of a run, in one golden or in both. */
export interface Place {
  readonly token: string;
  readonly parent: Place | null;
  /** In the order in which they are first met. */
  readonly below: Map<string, Place>;
  /** Null in a golden that has nothing at this place. */
  readonly spans: { recorded: Span | null; now: Span | null };
  /** Of a place with numbered ones below: whether they are the iterations of a loop, or the turns of an agent. */
  isRepeated: boolean;
}

/** The segments of an instance path as places: `a/b[3]#2/?key` is `a`, `b`, `[3]`, `#2`, `?key`. */
function tokensOf(path: string): readonly string[] {
  const decision = path.indexOf("/?");
  const way = decision < 0 ? path : path.slice(0, decision);
  const tokens = way.includes("[") || way.includes("#") ? (way.match(/\[\d*\]|#\d+|[^/[\]#]+/g) ?? [way]) : way.split("/");
  if (decision >= 0) tokens.push(path.slice(decision + 1));
  return tokens;
}

/** The places that the operations of two goldens are at. */
export class PlaceTree {
  readonly root: Place = newPlace("", null);

  constructor(goldens: Readonly<Record<Side, readonly GoldenOperation[]>>) {
    for (const side of ["recorded", "now"] as const)
      for (const [index, operation] of goldens[side].entries()) this.#enter(side, index, operation);
  }

  #enter(side: Side, index: number, { path, kind, about }: GoldenOperation): void {
    let at = this.root;
    extend(at, side, index);
    for (const token of tokensOf(path)) {
      let next = at.below.get(token);
      if (next === undefined) {
        next = newPlace(token, at);
        at.below.set(token, next);
      }
      extend(next, side, index);
      at = next;
    }
    if (kind === "model") markRepeated(at);
    if (about === "until" || about === "next" || about === "output" || about === "accept") markRepeated(at.parent);
  }

  /** The place of a path that was entered. */
  at(path: string): Place {
    let at = this.root;
    for (const token of tokensOf(path)) at = at.below.get(token) ?? at;
    return at;
  }
}

function newPlace(token: string, parent: Place | null): Place {
  return { token, parent, below: new Map(), spans: { recorded: null, now: null }, isRepeated: false };
}

function extend(place: Place, side: Side, index: number): void {
  const span = place.spans[side];
  if (span === null) place.spans[side] = { first: index, last: index };
  else span.last = index;
}

/** Of the item that a place is or is an attempt of: what stands beside it comes one after the other. */
function markRepeated(place: Place | null): void {
  let at = place;
  while (at?.token.startsWith("#") === true) at = at.parent;
  if (at?.token.startsWith("[") === true && at.parent !== null) at.parent.isRepeated = true;
}

/** Whether only one of the goldens has anything at this place. */
export function isOneSided({ spans }: Place): boolean {
  return (spans.recorded === null) !== (spans.now === null);
}

/** The highest place above, this one included, that only one of the goldens has. */
export function topOf(place: Place): Place {
  let top = place;
  while (top.parent !== null && isOneSided(top.parent)) top = top.parent;
  return top;
}

/** The path of a place, as operations say it. */
export function pathOf(place: Place): string {
  const tokens: string[] = [];
  for (let at: Place | null = place; at !== null && at.parent !== null; at = at.parent) tokens.push(at.token);
  return tokens.reverse().reduce((path, token) => (path === "" || /^[[#]/.test(token) ? path + token : `${path}/${token}`), "");
}
