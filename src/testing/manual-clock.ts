import type { Clock } from "../base/clock.ts";
import { systemClock } from "../base/system.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly number: number;
  /** Does not keep a process alive, and so does not move time on either. */
  readonly idle: boolean;
  readonly wake: () => void;
}

/** How many turns of the event loop are given to whatever a sleeper set in motion, before the next one wakes. */
const TURNS = 3;

/**
 * Time stands still until the test moves it; sleepers wake in the order in which they are due.
 *
 * @example
 * ```ts
 * import { Flujo } from "flujo";
 * import { ManualClock } from "flujo/testing";
 * const clock = new ManualClock();
 * const flujo = new Flujo({ clock });
 * await clock.advance(1_000);
 * ```
 */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];
  #count = 0;

  /** @param startMs - Milliseconds since 1970. Default: the beginning of 2030. */
  constructor(startMs: number = Date.UTC(2030, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  ticks(): number {
    return this.#nowMs;
  }

  after(ms: number, then: () => void, how?: { readonly idle: boolean }): () => void {
    const sleeper: Sleeper = { dueMs: this.#nowMs + ms, number: this.#count++, idle: how?.idle === true, wake: then };
    this.#sleepers.push(sleeper);
    return () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    };
  }

  soon(then: () => void): void {
    systemClock.soon(then);
  }

  /** A promise that is kept after so many milliseconds of this clock. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /** How many wait for their time; those that are `idle` do not count. */
  get sleepers(): number {
    return this.#sleepers.filter(({ idle }) => !idle).length;
  }

  /** Moves time on. Whoever is due wakes at its own time, and what it sets in motion comes to a halt before the next one wakes. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.#settle();
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#wake(next);
      await this.#settle();
    }
    this.#nowMs = endMs;
  }

  /**
   * Moves time on for as long as it takes the promise to be kept or broken, and gives what it gives. Timers that are `idle` go
   * off on the way, and move nothing themselves.
   *
   * @param isBusy - Time stands still while it says so. Default: never.
   */
  async until<T>(promise: Promise<T>, isBusy: () => boolean = () => false): Promise<T> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    promise.then(note, note);
    for (;;) {
      await this.#settle();
      if (isSettled) return promise;
      if (isBusy()) continue;
      const next = this.#nextUntil();
      if (next !== null) this.#wake(next);
    }
  }

  /** Who wakes next, as long as somebody who is not idle waits. */
  #nextUntil(): Sleeper | null {
    return this.sleepers === 0 ? null : this.#next(Number.POSITIVE_INFINITY);
  }

  #next(endMs: number): Sleeper | null {
    let first: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs > endMs) continue;
      if (first === null || sleeper.dueMs < first.dueMs || (sleeper.dueMs === first.dueMs && sleeper.number < first.number))
        first = sleeper;
    }
    return first;
  }

  #wake(sleeper: Sleeper): void {
    this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    this.#nowMs = Math.max(this.#nowMs, sleeper.dueMs);
    sleeper.wake();
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => systemClock.soon(resolve));
  }
}
