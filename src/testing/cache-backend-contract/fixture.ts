import type { CacheBackend } from "../../model/cache-backend.ts";

/** What a cache backend may be without. What it lacks must be named, and is not tested. */
export type CacheLack =
  /** What one has put in, another at the same place gets: two processes, or one after the other. */
  "shared";

/** A backend under test, and how to let go of it. */
export interface OpenedCache {
  readonly backend: CacheBackend;
  /** Left out where there is nothing to let go of. */
  close?(): void | Promise<void>;
}

/** How the contract gets at the backend it tests. */
export interface CacheBackendFixture {
  /** Names the backend in the report. */
  readonly name: string;
  /** A backend at a new, empty place. Called before each test; the contract closes it. */
  open(): OpenedCache | Promise<OpenedCache>;
  /** One more at the place of the last {@link open}, which is still open. Left out where that cannot be. */
  another?(): OpenedCache | Promise<OpenedCache>;
  /** What the backend is without. Default: nothing. */
  readonly lacks?: ReadonlySet<CacheLack>;
}
