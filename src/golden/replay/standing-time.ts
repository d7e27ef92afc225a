import type { Clock } from "../../base/clock.ts";
import { LONGEST_TIMER_MS } from "../../base/clock.ts";
import { systemClock } from "../../base/system.ts";

interface Sleeper {
  readonly dueMs: number;
  readonly number: number;
  readonly wake: () => void;
}

/**
 * Time that stands still while anything is being done, and goes straight to the next moment that somebody waits for when
 * nothing is. Whoever works is counted; `onIdle` is asked for something to do whenever nobody does and the event loop has
 * had its turn.
 */
export class StandingTime implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();
  #count = 0;
  #working = 0;
  #isLooking = false;
  readonly #onIdle: () => void;
  readonly #isReal: boolean;

  /** @param isReal - Whether work takes the time it takes, so that a time limit ends it: where models and tools are asked. */
  constructor(startsAtMs: number, { onIdle, isReal }: { readonly onIdle: () => void; readonly isReal: boolean }) {
    this.#nowMs = startsAtMs;
    this.#onIdle = onIdle;
    this.#isReal = isReal;
  }

  now(): number {
    return this.#nowMs;
  }

  ticks(): number {
    return systemClock.ticks(); // how busy this process is has nothing to do with it
  }

  after(ms: number, then: () => void, how?: { readonly idle: boolean }): () => void {
    if (how?.idle === true) return () => undefined; // what need not happen never does
    const sleeper: Sleeper = { dueMs: this.#nowMs + Math.max(0, ms), number: this.#count++, wake: then };
    this.#sleepers.add(sleeper);
    this.look();
    const stop = this.#isReal ? systemClock.after(Math.min(ms, LONGEST_TIMER_MS), () => this.#wake(sleeper), { idle: true }) : null;
    return () => {
      this.#sleepers.delete(sleeper);
      stop?.();
    };
  }

  soon(then: () => void): void {
    this.#working++;
    systemClock.soon(() => {
      this.#working--;
      then();
      this.look();
    });
  }

  /** Time stands still until the promise is kept or broken. */
  during<T>(work: Promise<T>): Promise<T> {
    this.#working++;
    const over = (): void => {
      this.#working--;
      this.look();
    };
    work.then(over, over);
    return work;
  }

  /** Has somebody look for something to do, as soon as nobody does anything. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    systemClock.soon(() => {
      this.#isLooking = false;
      if (this.#working === 0) this.#onIdle();
    });
  }

  /** Goes to the next moment that somebody waits for. False where nobody waits. */
  jump(): boolean {
    let next: Sleeper | null = null;
    for (const sleeper of this.#sleepers)
      if (next === null || sleeper.dueMs < next.dueMs || (sleeper.dueMs === next.dueMs && sleeper.number < next.number)) next = sleeper;
    if (next === null) return false;
    this.#wake(next);
    return true;
  }

  #wake(sleeper: Sleeper): void {
    if (!this.#sleepers.delete(sleeper)) return;
    this.jumpTo(sleeper.dueMs);
    sleeper.wake();
    this.look();
  }

  /** Goes to a moment, in milliseconds since 1970; never back. */
  jumpTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }
}
