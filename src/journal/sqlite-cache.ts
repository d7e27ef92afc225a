import { resolve } from "node:path";
import type { CacheBackend } from "../model/cache-backend.ts";

/** A cache in a SQLite file. */
export interface SqliteCache extends CacheBackend {
  /** Lets go of the file. What is asked of it later fails, which is a miss. */
  close(): Promise<void>;
}

/**
 * A place for what `cached()` keeps, in a SQLite file of its own: shared by all processes that name it, and there when they
 * have ended. The file is opened with the first use, and made where there is none, for its owner alone.
 *
 * What keeps it from being used (no permission, a state file, another program's database) is told as a warning of the process,
 * and every look-up is a miss.
 *
 * @example
 * ```ts
 * import { cached, Flujo, sqliteCache, step } from "flujo";
 *
 * const backend = sqliteCache(".flujo/cache.db");
 * const length = cached(step("length", (text: string) => text.length), { backend, ttl: "1 day" });
 * await using flujo = new Flujo();
 * console.log((await flujo.run(length, "four")).unwrap()); // 4
 * await backend.close();
 * ```
 */
export function sqliteCache(path: string): SqliteCache {
  const file = resolve(path);
  let opening: Promise<{ readonly kept: CacheBackend; close(): void }> | null = null;
  const opened = async (): Promise<CacheBackend> => {
    opening ??= import("./sqlite/open-cache-file.ts").then(({ openCacheFile }) => openCacheFile(file));
    return (await opening).kept;
  };
  return {
    name: `sqlite:${path}`,
    get: async (key) => (await opened()).get(key),
    set: async (key, kept) => (await opened()).set(key, kept),
    close: async () => {
      const there = await opening?.catch(() => null); // whoever asked has been told
      there?.close();
    },
  };
}
