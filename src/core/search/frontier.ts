/** A state that a search has come to, and how. */
export interface Visited {
  readonly state: unknown;
  /** The state that it was proposed for; null for the first. */
  readonly before: Visited | null;
  /** How many states lie before it. */
  readonly depth: number;
  /** What it cost to come to it, all steps together. */
  readonly cost: number;
  /** What it promises, lower for better; 0 for a goal. */
  readonly estimate: number;
}

/** The states that can still be gone on from. Of equals, the one that came first is better. */
export class Frontier {
  /** From the worst to the best: the best is taken often, the worst is dropped now and then. */
  readonly #states: Visited[] = [];
  readonly #most: number;

  /** @param most - How many it keeps; those that promise least are dropped. */
  constructor(most: number) {
    this.#most = most;
  }

  add(visited: Visited): void {
    const priority = priorityOf(visited);
    let [low, high] = [0, this.#states.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#states[middle];
      if (there !== undefined && priorityOf(there) > priority) low = middle + 1;
      else high = middle;
    }
    this.#states.splice(low, 0, visited);
  }

  /** Drops what is too much. Called when all that came together are in: they are measured against each other. */
  prune(): number {
    const dropped = Math.max(0, this.#states.length - this.#most);
    this.#states.splice(0, dropped);
    return dropped;
  }

  /** The best without taking it; null where nothing is left. */
  get best(): Visited | null {
    return this.#states.at(-1) ?? null;
  }

  /** Takes the best. */
  take(): Visited | null {
    return this.#states.pop() ?? null;
  }
}

/** What it cost to come to a state, and what is still to be expected: the lowest goes first. */
export function priorityOf({ cost, estimate }: Visited): number {
  return cost + estimate;
}

/** The states from the first to this one. */
export function pathTo(visited: Visited): readonly unknown[] {
  const states: unknown[] = [];
  for (let at: Visited | null = visited; at !== null; at = at.before) states.push(at.state);
  return states.reverse();
}
