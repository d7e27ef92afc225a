import type { EmbeddingModel } from "../../index.ts";
import { FlujoError } from "../../index.ts";

/**
 * The vectors of texts, as stores hold them.
 *
 * @throws {FlujoError} `output_invalid` where the model gives something else than one vector of numbers for each.
 */
export async function embedAll(embedding: EmbeddingModel, texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
  const vectors = texts.length === 0 ? [] : await embedding.embed(texts, { signal });
  const stored = vectors.map((vector) => Float32Array.from(vector));
  const length = stored[0]?.length ?? 0;
  const isRight = stored.length === texts.length && stored.every((vector) => vector.length === length && vector.every(Number.isFinite));
  if (isRight && (length > 0 || texts.length === 0)) return stored;
  throw new FlujoError("output_invalid", `${embedding.name} has not given ${texts.length} vectors of numbers, all of one length.`, {
    remedy: "Mend the embedding model: one vector for each text, in their order.",
  });
}
