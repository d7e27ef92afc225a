import { sleep } from "../../base/system.ts";
import type { Eventually } from "../port.ts";
import { isBusy } from "./faults.ts";

const LONGEST_MS = 50;

/** How long a locked file is tried again, in milliseconds. Longer than any checkpoint or copy; a program that holds the lock on purpose is told of then. */
export const PATIENCE_MS = 30_000;

/** Waits 1, 2, 4 … 50 ms, doubling with what was waited before, and gives the sum. The event loop goes on meanwhile. */
export async function backOff(waitedMs: number): Promise<number> {
  const delayMs = Math.min(waitedMs + 1, LONGEST_MS);
  await sleep(delayMs);
  return waitedMs + delayMs;
}

/**
 * Does it at once where no other process holds the lock; otherwise again and again, for `patienceMs` in all.
 *
 * @throws What `work` throws; the driver's "busy" error when patience ends.
 */
export function whenFree<T>(work: () => T, patienceMs: number): Eventually<T> {
  try {
    return work();
  } catch (error) {
    if (!isBusy(error)) throw error;
    return again(work, patienceMs);
  }
}

async function again<T>(work: () => T, patienceMs: number): Promise<T> {
  for (let waitedMs = await backOff(0); ; waitedMs = await backOff(waitedMs)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= patienceMs) throw error;
    }
  }
}
