import type { Drift, Lane } from "./drift.ts";

/** What was noted last at a place or below it, told apart by the child it was noted below. */
interface Spot {
  readonly below: Map<string, Spot>;
  last: Drift | null;
  lastToken: string;
  /** The last that was noted below another child than the last one was. */
  beforeThat: Drift | null;
  /** The last that was noted below a child that does not run at the same time as others. */
  lastInOrder: Drift | null;
}

/**
 * Differences by their places, noted in the order of the run, so that the last one before a place can be found: one that
 * what happens there can depend on, and not one in a branch that runs at the same time. Both cost as much as a path is long.
 */
export class Trail {
  readonly #root: Spot = newSpot();

  note(drift: Drift): void {
    const { lanes } = drift.flow;
    let spot = this.#root;
    for (let depth = 0; depth <= lanes.length; depth++) {
      const lane = lanes[depth];
      const token = lane?.token ?? "";
      if (spot.lastToken !== token) {
        spot.beforeThat = spot.last;
        spot.lastToken = token;
      }
      spot.last = drift;
      if (lane?.atOnce !== true) spot.lastInOrder = drift;
      if (lane === undefined) return;
      let next = spot.below.get(token);
      if (next === undefined) {
        next = newSpot();
        spot.below.set(token, next);
      }
      spot = next;
    }
  }

  /** The last that was noted before a place, the nearest first: at the place itself and below, then beside it, then further up. */
  before(lanes: readonly Lane[]): Drift | null {
    const way: Spot[] = [this.#root];
    for (const { token } of lanes) {
      const next = way.at(-1)?.below.get(token);
      if (next === undefined) break;
      way.push(next);
    }
    for (let depth = way.length - 1; depth >= 0; depth--) {
      const spot = way[depth];
      const found = spot === undefined ? null : lastBefore(spot, lanes[depth]);
      if (found !== null) return found;
    }
    return null;
  }
}

function newSpot(): Spot {
  return { below: new Map(), last: null, lastToken: "", beforeThat: null, lastInOrder: null };
}

function lastBefore(spot: Spot, towards: Lane | undefined): Drift | null {
  if (towards === undefined) return spot.last;
  if (towards.atOnce) return spot.lastInOrder;
  return spot.lastToken === towards.token ? spot.beforeThat : spot.last;
}

/** The first turn at a place or below it, and the first below another child. */
interface Fork {
  readonly below: Map<string, Fork>;
  readonly turns: { readonly lane: Lane; readonly drift: Drift }[];
}

/**
 * Where a run has taken another way: what fails now, or does not fail any more. It stops what runs at the same time, or
 * lets it go on, wherever that stands.
 */
export class Turns {
  readonly #root: Fork = { below: new Map(), turns: [] };

  note(drift: Drift): void {
    let fork = this.#root;
    for (const lane of drift.flow.lanes) {
      const { turns } = fork;
      if (turns.length < 2 && turns[0]?.lane.token !== lane.token) turns.push({ lane, drift });
      let next = fork.below.get(lane.token);
      if (next === undefined) {
        next = { below: new Map(), turns: [] };
        fork.below.set(lane.token, next);
      }
      fork = next;
    }
  }

  /** What may have stopped what is at a place: a turn in a branch beside it, the nearest first. */
  beside(lanes: readonly Lane[]): Drift | null {
    const way: Fork[] = [this.#root];
    for (const { token } of lanes) {
      const next = way.at(-1)?.below.get(token);
      if (next === undefined) break;
      way.push(next);
    }
    for (let depth = Math.min(way.length, lanes.length) - 1; depth >= 0; depth--) {
      const own = lanes[depth];
      const found = way[depth]?.turns.find(
        ({ lane, drift }) => lane.token !== own?.token && (drift.kind === "sleep" || (lane.atOnce && own?.atOnce === true)),
      );
      if (found !== undefined) return found.drift;
    }
    return null;
  }
}
