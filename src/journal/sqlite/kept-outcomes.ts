import type { CacheBackend, KeptOutcome } from "../../model/cache-backend.ts";
import { PATIENCE_MS, whenFree } from "./back-off.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";
import { faultOf } from "./faults.ts";

/** The table of what caches keep. `expires_ms` is when nobody wants it any more; those are taken out when something is put in. */
export const KEPT_TABLE = `CREATE TABLE kept (key TEXT PRIMARY KEY, body TEXT NOT NULL, at_ms INTEGER NOT NULL, expires_ms INTEGER);
   CREATE INDEX kept_until ON kept (expires_ms) WHERE expires_ms IS NOT NULL;`;

/** What caches keep in a SQLite database that has {@link KEPT_TABLE}. */
export class KeptOutcomes implements CacheBackend {
  readonly name: string;
  readonly #db: SqlDatabase;
  readonly #file: string;
  /** How the database writes all else: SQLite's number of it. */
  readonly #flushes: number;
  readonly #get: SqlStatement;
  readonly #set: SqlStatement;
  readonly #clear: SqlStatement;

  constructor(db: SqlDatabase, file: string) {
    this.name = `sqlite:${file}`;
    this.#db = db;
    this.#flushes = (db.prepare("PRAGMA synchronous").get() as { readonly synchronous: number }).synchronous;
    this.#file = file;
    this.#get = db.prepare("SELECT body FROM kept WHERE key = ?");
    this.#set = db.prepare("INSERT OR REPLACE INTO kept (key, body, at_ms, expires_ms) VALUES (?, ?, ?, ?)");
    this.#clear = db.prepare("DELETE FROM kept WHERE expires_ms <= ?");
  }

  get(key: string): string | null | Promise<string | null> {
    return this.#whenFree(() => (this.#get.get(key) as { readonly body: string } | undefined)?.body ?? null);
  }

  set(key: string, { text, atMs, expiresAtMs }: KeptOutcome): void | Promise<void> {
    return this.#whenFree(() =>
      this.#withoutFlush(() => {
        this.#clear.run(atMs);
        this.#set.run(key, text, atMs, expiresAtMs);
      }),
    );
  }

  /** What a power cut may take is not worth a flush of the disk: it is run again then. */
  #withoutFlush(work: () => void): void {
    this.#db.exec("PRAGMA synchronous = NORMAL");
    try {
      work();
    } finally {
      this.#db.exec(`PRAGMA synchronous = ${this.#flushes}`);
    }
  }

  #whenFree<T>(work: () => T): T | Promise<T> {
    try {
      const result = whenFree(work, PATIENCE_MS);
      return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(faultOf(this.#file, error))) : result;
    } catch (error) {
      throw faultOf(this.#file, error);
    }
  }
}
