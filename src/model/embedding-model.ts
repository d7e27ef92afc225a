/** What an embedding is asked for with. */
export interface EmbeddingRequest {
  /** Aborted when the vectors are no longer wanted. */
  readonly signal?: AbortSignal;
}

/**
 * Something that makes vectors of texts, such that texts that say similar things have vectors of similar direction: a port, of which
 * `embeddingModel()` opens a provider's.
 */
export interface EmbeddingModel {
  /** Says of vectors which model made them: those of models of different names are never compared. */
  readonly name: string;
  /**
   * One vector for each text, in their order, all of the same length.
   *
   * @throws {unknown} What may help to be tried again as it is; a `FlujoError` where nothing would.
   */
  embed(texts: readonly string[], request?: EmbeddingRequest): Promise<readonly ArrayLike<number>[]>;
}

/** How an embedding model object of the AI SDK is called: `openai.embedding:text-embedding-3-small`. */
export function nameOf(model: object): string {
  const provider = "provider" in model && typeof model.provider === "string" ? model.provider : "object";
  const modelId = "modelId" in model && typeof model.modelId === "string" ? model.modelId : "unnamed";
  return `${provider}:${modelId}`;
}
