import { checkLength, Closest, cosineTo } from "./closest.ts";
import type { DocumentFacts, StoredChunk, StoredDocument, VectorHit, VectorSearch, VectorStore } from "./vector-store.ts";

/**
 * A place for vectors in the memory of this process: gone when it ends, so that a run that is resumed in another finds nothing in it.
 * Every search looks at every vector.
 *
 * @example
 * ```ts
 * import { memoryVectors } from "flujo/recipes";
 *
 * const store = memoryVectors();
 * const chunk = (text: string, vector: number[]) => ({ text, start: 0, line: 1, vector: new Float32Array(vector) });
 * await store.put({ name: "a.md", version: "1", model: "mine", chunks: [chunk("north", [0, 1])] });
 * await store.put({ name: "b.md", version: "1", model: "mine", chunks: [chunk("east", [1, 0])] });
 * const [hit] = await store.search({ vector: new Float32Array([0.1, 0.9]), model: "mine", limit: 1 });
 * console.log(hit?.text); // north
 * ```
 */
export function memoryVectors(): VectorStore {
  const documents = new Map<string, StoredDocument>();
  const lengthOf = (model: string, without?: string): number | null => {
    for (const document of documents.values())
      if (document.model === model && document.name !== without && document.chunks[0] !== undefined)
        return document.chunks[0].vector.length;
    return null;
  };
  return {
    name: "memory",
    put: async (document) => {
      const wanted = lengthOf(document.model, document.name) ?? document.chunks[0]?.vector.length ?? null;
      for (const { vector } of document.chunks) checkLength(document.model, vector.length, wanted);
      const chunks = document.chunks.map((chunk) => ({ ...chunk, vector: chunk.vector.slice() })); // its own, whatever becomes of the caller's
      documents.set(document.name, { ...document, chunks });
    },
    drop: async (names) => {
      for (const name of names) documents.delete(name);
    },
    documents: async () => [...documents.values()].map(factsOf).sort((a, b) => (a.name < b.name ? -1 : 1)),
    search: async (search) => {
      checkLength(search.model, search.vector.length, lengthOf(search.model));
      return searchIn(documents.values(), search);
    },
  };
}

function factsOf({ name, version, model, chunks }: StoredDocument): DocumentFacts {
  return { name, version, model, chunks: chunks.length };
}

interface Place {
  readonly document: string;
  readonly chunk: StoredChunk;
}

function searchIn(documents: Iterable<StoredDocument>, { vector, model, ...bounds }: VectorSearch): readonly VectorHit[] {
  const closeness = cosineTo(vector);
  const closest = new Closest<Place>(
    bounds,
    (a, b) => a.document < b.document || (a.document === b.document && a.chunk.start < b.chunk.start),
  );
  for (const document of documents) {
    if (document.model !== model) continue;
    for (const chunk of document.chunks) closest.add({ document: document.name, chunk }, closeness(chunk.vector));
  }
  return closest.all().map(({ piece: { document, chunk }, score }) => ({
    document,
    text: chunk.text,
    start: chunk.start,
    line: chunk.line,
    score,
  }));
}
