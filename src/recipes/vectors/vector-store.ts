/** A piece of a document with its vector, as it is stored. */
export interface StoredChunk {
  readonly text: string;
  /** Where in the document it begins, in UTF-16 units. */
  readonly start: number;
  /** On which line it begins, from 1. */
  readonly line: number;
  readonly vector: Float32Array;
}

/** A document as it is stored: all of its pieces at once. */
export interface StoredDocument {
  /** What it is called by. */
  readonly name: string;
  /** Stands for all that its pieces and vectors are made of: where it is the same, they would be the same. */
  readonly version: string;
  /** Which model made the vectors: those of other models are never compared with them. */
  readonly model: string;
  readonly chunks: readonly StoredChunk[];
}

/** What a store says of a document that it holds. */
export interface DocumentFacts {
  readonly name: string;
  readonly version: string;
  readonly model: string;
  /** How many pieces it is stored in. */
  readonly chunks: number;
}

/** What is looked for. */
export interface VectorSearch {
  readonly vector: Float32Array;
  /** Which model made it. */
  readonly model: string;
  /** How many are given at most. */
  readonly limit: number;
  /** Those with a lower cosine are left out. @defaultValue `-1`, which is none */
  readonly minScore?: number;
}

/** A piece that was found. */
export interface VectorHit {
  /** The name of the document. */
  readonly document: string;
  readonly text: string;
  readonly start: number;
  readonly line: number;
  /** The cosine of the angle between its vector and that which was looked for: 1 for the same direction; 0 where one of them is nothing but zeros. */
  readonly score: number;
}

/**
 * A place for the vectors of documents: a port. `memoryVectors()` and `sqliteVectors()` are two; yours has to pass `vectorStoreContract` of
 * flujo/testing.
 */
export interface VectorStore {
  /** For messages. */
  readonly name: string;
  /**
   * Stores a document, in place of the one of that name, whole or not at all.
   *
   * @throws {FlujoError} `value_unstorable` where its vectors are not of the length that others of the model have.
   */
  put(document: StoredDocument): Promise<void>;
  /** Takes documents away; those that are not there are no matter. */
  drop(names: readonly string[]): Promise<void>;
  /** All documents that there are, by name. */
  documents(): Promise<readonly DocumentFacts[]>;
  /**
   * The pieces whose vectors are closest by cosine, the closest first; of equally close ones by the name of the document, then by where they begin.
   *
   * @throws {FlujoError} `value_unstorable` where the vector is not of the length that those of the model have.
   */
  search(search: VectorSearch): Promise<readonly VectorHit[]>;
}
