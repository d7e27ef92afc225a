import { TurnoverMap } from "../base/turnover-map.ts";

/** What is under way and about to be live, or refused. */
export class Beginnings<T> {
  readonly #open = new TurnoverMap<number, Promise<T>>();
  #next = 0;

  /** Gives back the very promise. */
  add(beginning: Promise<T>): Promise<T> {
    const nth = this.#next++;
    const over = (): void => void this.#open.delete(nth);
    this.#open.set(nth, beginning);
    beginning.then(over, over);
    return beginning;
  }

  /** Kept when all that are under way now are over, however they ended. */
  over(): Promise<unknown> {
    return Promise.allSettled(this.#open.values());
  }
}
