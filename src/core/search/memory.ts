import { sayingOf } from "../context/saying.ts";
import type { Rejected } from "./screening.ts";
import type { Visited } from "./frontier.ts";

/** How many of the states that were refused last a proposal is told of. */
const REMEMBERED = 20;

/** What a search knows of the states it has come across: at what cost, which of them is the best, and which were refused. */
export class SearchMemory {
  /** What the cheapest way to each state cost, by what it says of itself. */
  readonly #costs = new Map<string, number>();
  #rejected: readonly Rejected[] = [];
  /** The goal that it costs least to come to. */
  goal: Visited | null = null;
  /** The one that promises most; the first state where no other is known. */
  best: Visited;

  constructor(first: Visited) {
    this.best = first;
    this.isNew(first);
  }

  /** Whether nobody has come to this state yet, or not as cheaply; a state that is no data equals no other. */
  isNew({ state, cost }: Pick<Visited, "state" | "cost">): boolean {
    const saying = sayingOf(state);
    if (saying === null) return true;
    const known = this.#costs.get(saying);
    if (known !== undefined && known <= cost) return false;
    this.#costs.set(saying, cost);
    return true;
  }

  /** Notes a state that is to be gone on from. The first state of all promises nothing: nobody was asked about it. */
  note(visited: Visited): void {
    if (this.best.before === null || visited.estimate < this.best.estimate) this.best = visited;
  }

  noteGoal(visited: Visited): void {
    if (this.goal === null || visited.cost < this.goal.cost) this.goal = visited;
  }

  reject(rejected: Rejected): void {
    this.#rejected = [...this.#rejected, rejected].slice(-REMEMBERED);
  }

  /** Those refused last, oldest first. */
  get rejected(): readonly Rejected[] {
    return this.#rejected;
  }
}
