import type { EmbeddingModel, NamedStep, Step } from "../../index.ts";
import { FlujoError, step } from "../../index.ts";
import { type AllOf, checkOptions, invalid, shown, wholeNumber } from "../invalid.ts";
import { schemaOf, text } from "../shape.ts";
import type { VectorStore } from "../vectors/vector-store.ts";
import { embedAll } from "./embed.ts";
import { embeddingOf, storeOf } from "./index-files.ts";

/** A piece of a document that was found. */
export interface Passage {
  /** Its place among those that were found, from 1: the closest is the first. */
  readonly number: number;
  /** The name of the document: for files, the path from the root on. */
  readonly document: string;
  readonly text: string;
  /** Where in the document it begins, in UTF-16 units, and on which line, from 1. */
  readonly start: number;
  readonly line: number;
  /** How close it is to the question: the cosine of their vectors, 1 at most. What is close enough differs from model to model. */
  readonly score: number;
}

/** Where passages are looked for, and how many are given. */
export interface RetrievalOptions {
  readonly store: VectorStore;
  /** The model that the store's vectors were made with. */
  readonly embedding: EmbeddingModel;
  /** How many at most. Too few: the answer is not among them. Too many: the prompt is long. @defaultValue `5` */
  readonly limit?: number;
  /** Passages that are less close are left out: from -1 to 1, as scores are. @defaultValue `-1`, which leaves out none */
  readonly minScore?: number;
}

/** What `retrieve()` takes. */
export interface RetrieveOptions<Name extends string = string> extends RetrievalOptions {
  /** Part of the path. @defaultValue `"retrieve"` */
  readonly name?: Name;
}

const KNOWN: AllOf<RetrieveOptions> = { name: true, store: true, embedding: true, limit: true, minScore: true };

/**
 * A step that finds the passages of a store that are closest to a question. What it found is on record: a resume and a golden see the same,
 * whatever has become of the store.
 *
 * It fails as `input_invalid` where the store holds nothing that the model has made: that is a store that was not filled, or a model that was
 * changed, and no answer.
 *
 * @throws {FlujoError} `pipeline_invalid` for options that there are not or that make no sense.
 *
 * @example
 * ```ts
 * import { Flujo, pipeline } from "flujo";
 * import { hashedNgrams, memoryVectors, retrieve } from "flujo/recipes";
 *
 * const [store, embedding] = [memoryVectors(), hashedNgrams()];
 * for (const text of ["The moon pulls the tides.", "Tea is late."]) {
 *   const [vector] = await embedding.embed([text]);
 *   await store.put({ name: text, version: "1", model: embedding.name, chunks: [{ text, start: 0, line: 1, vector: Float32Array.from(vector ?? []) }] });
 * }
 * const look = pipeline({ name: "look" }).step(retrieve({ store, embedding, limit: 1 })).step("show", ([first]) => first?.text);
 * const flujo = new Flujo();
 * console.log((await flujo.run(look, "What pulls the tides?")).unwrap()); // The moon pulls the tides.
 * await flujo.close();
 * ```
 */
export function retrieve<const Name extends string = "retrieve">(
  options: RetrieveOptions<Name>,
): NamedStep<string, readonly Passage[], unknown, Name>;
export function retrieve(given: RetrieveOptions): Step<string, readonly Passage[]> {
  const { name = "retrieve", store, embedding, limit = 5, minScore = -1 } = checkOptions("retrieve()", given, KNOWN);
  const at = `step ${JSON.stringify(name)}`;
  const search = {
    store: storeOf(at, store),
    embedding: embeddingOf(at, embedding),
    limit: wholeNumber(`${at}, limit`, limit, { least: 1 }),
    minScore,
  };
  if (typeof minScore !== "number" || !(minScore >= -1 && minScore <= 1))
    throw invalid(`${at}, minScore`, `it is ${shown(minScore)}`, "Give a number from -1 to 1.");
  const run = (question: string, { signal }: { readonly signal: AbortSignal }) => found(search, question, signal);
  return step({ name, input: QUESTION, effect: "idempotent", retries: 2, run });
}

/** What is looked for. */
export const QUESTION = schemaOf(text("What is looked for, in words."));

async function found(
  { store, embedding, limit, minScore }: Required<RetrievalOptions>,
  question: string,
  signal: AbortSignal,
): Promise<readonly Passage[]> {
  const model = embedding.name;
  const [vector] = await embedAll(embedding, [question], signal);
  const isNothing = vector === undefined || vector.every((number) => number === 0); // then nothing is closer to it than anything else
  const hits = isNothing ? [] : await store.search({ vector, model, limit, minScore });
  if (hits.length > 0) return hits.map((hit, index) => ({ number: index + 1, ...hit }));
  const isFilled = (await store.documents()).some((document) => document.model === model && document.chunks > 0);
  if (isFilled) return [];
  throw new FlujoError("input_invalid", `The store ${store.name} holds nothing that ${model} has made.`, {
    remedy: "Index files into it first, with the same embedding model; vectors in memory are gone with their process.",
  });
}
