import { v7 } from "uuid";
import type { Clock } from "./clock.ts";

// The only file that may reach for the machine's time and chance; a lint rule keeps it so.

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after: (ms, then) => {
    const timer = setTimeout(then, ms);
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
