import type { VectorStore } from "../../recipes/vectors/vector-store.ts";

/** What a vector store may be without. What it lacks must be named, and is not tested. */
export type VectorLack =
  /** What one has stored, another at the same place finds: two processes, or one after the other. */
  "shared";

/** A store under test, and how to let go of it. */
export interface OpenedVectors {
  readonly store: VectorStore;
  /** Left out where there is nothing to let go of. */
  close?(): void | Promise<void>;
}

/** How the contract gets at the store it tests. */
export interface VectorStoreFixture {
  /** Names the store in the report. */
  readonly name: string;
  /** A store at a new, empty place. Called before each test; the contract closes it. */
  open(): OpenedVectors | Promise<OpenedVectors>;
  /** One more at the place of the last {@link open}, which is still open. Left out where that cannot be. */
  another?(): OpenedVectors | Promise<OpenedVectors>;
  /** What the store is without. Default: nothing. */
  readonly lacks?: ReadonlySet<VectorLack>;
}
