import type { Draws } from "./draws.ts";
import { Stream } from "./draws.ts";
import type { SimulatedProcess } from "./process.ts";
import { never } from "./process.ts";
import type { Trace } from "./trace.ts";
import type { AnyPlace, Sim, SimulatedPlace } from "./simulation.ts";

/** What the user's functions of one process get at. */
export interface SimParts {
  readonly seed: number;
  readonly process: SimulatedProcess;
  readonly trace: Trace;
  readonly calls: CallCounts;
  readonly counts: { pulse: number };
}

/** How often each effect ran, by its name and the idempotency key. */
export type CallCounts = Map<string, Map<string, number>>;

/** The {@link Sim} of one process. Once it is dead, what its functions say is not heard. */
export function simOf({ seed, process, trace, calls, counts }: SimParts): Sim {
  const places = new Map<string, SimulatedPlace>();
  const at = (place: AnyPlace): SimulatedPlace => {
    const name = typeof place === "string" ? place : `${place.path}#${place.attempt ?? 1}`;
    let found = places.get(name);
    if (found === undefined) {
      found = placeOf(new Stream(seed, `${process.number} at ${name}`), process, counts);
      places.set(name, found);
    }
    return found;
  };
  const own = placeOf(new Stream(seed, `${process.number}`), process, counts);
  return {
    ...own,
    at,
    process: process.number,
    log: (text) => {
      if (process.isAlive) trace.add(process.name, `says: ${text}`);
    },
    call: (name, key) => {
      if (!process.isAlive) return 0;
      const byKey = calls.get(name) ?? new Map<string, number>();
      calls.set(name, byKey);
      const count = (byKey.get(key) ?? 0) + 1;
      byKey.set(key, count);
      trace.add(process.name, `calls ${name} for ${key}, time ${count}`);
      return count;
    },
  };
}

function placeOf(draws: Draws, process: SimulatedProcess, counts: { pulse: number }): SimulatedPlace {
  return {
    int: (below) => draws.int(below),
    chance: (share) => draws.chance(share),
    pick: (list) => draws.pick(list),
    latency: (maxMs, signal) => {
      counts.pulse++;
      const ms = draws.int(maxMs + 1);
      if (!process.isAlive) return never();
      if (signal !== undefined) return untilAborted(signal, { ms, process });
      return ms === 0 ? Promise.resolve() : new Promise((resolve) => process.work(ms, resolve));
    },
  };
}

function untilAborted(signal: AbortSignal, { ms, process }: { readonly ms: number; readonly process: SimulatedProcess }): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      callOff();
      reject(signal.reason as Error);
    };
    const callOff = process.work(ms, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
    signal.addEventListener("abort", stop, { once: true });
  });
}
