import { v7 } from "uuid";
import type { Clock } from "./clock.ts";

// The only file that may reach for the machine's time and chance: a lint rule keeps it so, and a wall keeps the rooms that
// only decide from importing it.

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after: (ms, then, how) => {
    const timer = setTimeout(then, ms);
    if (how?.idle === true) timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (then) => {
    setImmediate(then);
  },
};

/** A new run id: UUID version 7, so that ids sort by the time they were made. */
export function newRunId(): string {
  return v7();
}

/** A new name for one Flujo object among those of its process. */
export function newInstanceId(): string {
  return crypto.randomUUID();
}

/** Tells the threads of one process apart: no two come here in the same nanosecond. (`node:worker_threads` would take 2 ms to load.) */
export function newThreadMark(): string {
  return process.hrtime.bigint().toString(36);
}

/** Resolves after so many milliseconds of the machine's clock. For waiting on other processes, never on behalf of a run. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Resolves when the event loop has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
