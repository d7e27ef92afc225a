import type { JournalStore } from "../../journal/port.ts";

/** What a store may be without. What it lacks must be named, and is not tested. */
export type StoreLack =
  /** What was committed is there after the store was closed and opened again. */
  | "survives-reopen"
  /** Two stores at one place, as two processes have them, see each other's writes and fence each other. */
  | "cross-process";

/** How the contract gets at the store it tests. */
export interface JournalStoreFixture {
  /** Names the store in the report. */
  readonly name: string;
  /** A store at a new, empty place. Called before each test; the contract closes it. */
  open(): Promise<JournalStore>;
  /** One more store at the place of the last {@link open}, which may still be open. Left out where that cannot be. */
  reopen?(): Promise<JournalStore>;
  /** What the store is without. Default: nothing. */
  readonly lacks?: ReadonlySet<StoreLack>;
}

/** What each part of the contract works with. */
export interface StoreUnderTest {
  /** The store at this test's own place. */
  readonly store: JournalStore;
  /** One more at the same place. */
  another(): Promise<JournalStore>;
}
