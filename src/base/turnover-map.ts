/** A table is left for a fresh one after so many additions at least, so that what is copied is little beside what came. */
const FEWEST_ADDED = 256;

/**
 * A map for values that come and go, in the order they came. V8 never clears the table that a `Map` has outgrown: it holds
 * on to what was in it, and to the next table. Once one of those is old, everything that ever was in the map lives on until
 * a full collection, and each small one copies it. A `Map` that is left now and then for a new one has no such chain.
 */
export class TurnoverMap<K, V> {
  #map = new Map<K, V>();
  #added = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
    if (++this.#added < FEWEST_ADDED || this.#added < this.#map.size) return;
    this.#added = 0;
    this.#map = new Map(this.#map);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  /** What is in it now: what comes or goes while somebody reads may be missed. */
  values(): IterableIterator<V> {
    return this.#map.values();
  }

  /** {@link values}, with their keys. */
  entries(): IterableIterator<[K, V]> {
    return this.#map.entries();
  }
}
