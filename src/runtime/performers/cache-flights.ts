import type { CacheBackend } from "../../model/cache-backend.ts";

/** Whoever runs what others may wait for. It holds its place until it gives it up, by {@link Place.end}. */
export interface Place {
  /** What it brings to those who wait; with null the first of them has the place from now on. Only the first call counts. */
  end(text: string | null): void;
}

/** Somebody who waits: is handed the place itself, or what whoever had it brought. */
type Waiting = (handed: Place | string) => void;

/** By backend and key: who waits for whoever has the place. In no journal; gone with the process. */
const taken = new WeakMap<CacheBackend, Map<string, Set<Waiting>>>();

/** The place under a key, if nobody has it. */
export function takePlace(backend: CacheBackend, key: string): Place | null {
  const keys = taken.get(backend) ?? new Map<string, Set<Waiting>>();
  taken.set(backend, keys);
  if (keys.has(key)) return null;
  const waiting = new Set<Waiting>();
  keys.set(key, waiting);
  return placeOf(waiting, () => keys.delete(key));
}

function placeOf(waiting: Set<Waiting>, free: () => void): Place {
  let isOver = false;
  return {
    end: (text) => {
      if (isOver) return;
      isOver = true;
      const [next] = waiting;
      if (text === null && next !== undefined) {
        waiting.delete(next);
        return next(placeOf(waiting, free));
      }
      free(); // before anybody is told: who then asks anew finds it free
      if (text !== null) for (const each of waiting) each(text);
    },
  };
}

/**
 * Waits until whoever has the place under a key brings something, or gives the place up. Gives a function that waits no more.
 * There must be somebody who has it.
 */
export function awaitPlace(backend: CacheBackend, key: string, told: Waiting): () => void {
  const waiting = taken.get(backend)?.get(key);
  waiting?.add(told);
  return () => void waiting?.delete(told);
}
