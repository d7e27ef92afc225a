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

/** Random bytes are drawn for so many ids at once: to ask for sixteen of them costs as much as to ask for thousands. */
const IDS_PER_DRAW = 256;
const drawn = new Uint8Array(16 * IDS_PER_DRAW);
let used = drawn.length;
/** The millisecond of the last id, and its number in it: ids of one millisecond sort by the order they were made in, too. */
let lastMs = 0;
let numberInMs = 0;

/** A new run id: UUID version 7, so that ids sort by the time they were made. */
export function newRunId(): string {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  const random = drawn.subarray(used, (used += 16));
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    numberInMs = ((random[6] ?? 0) << 16) | ((random[7] ?? 0) << 8) | (random[8] ?? 0); // somewhere low, so that there is room above
  } else {
    numberInMs++;
  }
  return v7({ random, msecs: lastMs, seq: numberInMs });
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
