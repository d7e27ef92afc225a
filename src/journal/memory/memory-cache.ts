import type { CacheBackend } from "../../model/cache-backend.ts";

/** How a memory cache is made. */
export interface MemoryCacheOptions {
  /**
   * How many outcomes are kept; the one that was asked for longest ago goes first. Too few: what is still wanted is run again.
   * Too many: a long-lived process grows.
   *
   * @defaultValue `1_000`
   */
  readonly keep?: number;
}

/**
 * A place for what `cached()` keeps, in this process's memory: gone when it ends, and shared by all runs and programs that
 * are given it.
 *
 * @example
 * ```ts
 * import { cached, Flujo, memoryCache, step } from "flujo";
 *
 * const backend = memoryCache({ keep: 100 });
 * const square = cached(step("square", (n: number) => n * n), { backend });
 * await using flujo = new Flujo();
 * await flujo.run(square, 7);
 * const again = await flujo.run(square, 7);
 * console.log(again.unwrap(), again.steps[0]?.metadata["cache"]); // 49 hit
 * ```
 */
export function memoryCache({ keep = 1_000 }: MemoryCacheOptions = {}): CacheBackend {
  const texts = new Map<string, string>(); // in the order in which they were asked for last
  return {
    name: "memory",
    get: (key) => {
      const text = texts.get(key);
      if (text === undefined) return null;
      texts.delete(key);
      texts.set(key, text);
      return text;
    },
    set: (key, { text }) => {
      texts.delete(key);
      texts.set(key, text);
      for (const oldest of texts.keys()) {
        if (texts.size <= keep) break;
        texts.delete(oldest);
      }
    },
  };
}
