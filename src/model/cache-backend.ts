/** What is kept under a key: a text that only Flujo reads, and for how long. */
export interface KeptOutcome {
  readonly text: string;
  /** When it was kept, in milliseconds since 1970. */
  readonly atMs: number;
  /** From when on nobody wants it any more, in milliseconds since 1970; null: never. A hint: whoever reads decides by itself. */
  readonly expiresAtMs: number | null;
}

/**
 * Where `cached()` keeps outcomes. Two methods over texts; it decides nothing, and may forget whatever it likes.
 *
 * One that throws, rejects or takes longer than ten seconds is a miss, told as a warning of the process: no step fails
 * because of it. Every implementation, ours or yours, must pass `cacheBackendContract` of `flujo/testing`.
 */
export interface CacheBackend {
  /** What a person is told: `memory`, `sqlite:.flujo/cache.db`. */
  readonly name: string;
  /** The text kept under a key (64 hexadecimal digits), or null. */
  get(key: string): string | null | Promise<string | null>;
  /** Keeps an outcome under a key, in the place of what was there. */
  set(key: string, kept: KeptOutcome): void | Promise<void>;
}
