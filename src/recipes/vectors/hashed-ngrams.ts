import type { EmbeddingModel } from "../../index.ts";
import { wholeNumber } from "../invalid.ts";

/** What `hashedNgrams()` can be told. */
export interface HashedNgramsOptions {
  /** How many numbers a vector has, 16 to 65,536. Too few: different words fall together. Too many: searches take longer. @defaultValue `1_024` */
  readonly dimensions?: number;
}

/** What each kind of feature weighs: what two texts have in common of longer ones says more. */
const WEIGHTS = { word: 1, pair: 0.7, letters: 0.3 } as const;

/** A word of so many letters has its whole weight; the shortest ones say little. */
const FULL_LENGTH = 5;

const LETTERS = 3;

/**
 * An embedding model without a model: the words of a text, its pairs of words and the threes of letters in them, each counted (one more of
 * the same says less than the first), and each put to a number by its hash. It needs no network, costs nothing, and gives the same for
 * the same text everywhere.
 *
 * It knows spelling, not meaning: a text is found by the words that it shares with the question, or by words that are spelt alike, and never by
 * another word for the same. It is for tests, for trying things out, and where documents and questions use the same words.
 *
 * @throws {FlujoError} `pipeline_invalid` for dimensions that make no sense.
 *
 * @example
 * ```ts
 * import { hashedNgrams } from "flujo/recipes";
 *
 * const { name, embed } = hashedNgrams();
 * const [vector] = await embed(["The moon pulls the tides."]);
 * console.log(name, vector?.length); // hashed-ngrams:1024 1024
 * ```
 */
export function hashedNgrams({ dimensions = 1_024 }: HashedNgramsOptions = {}): EmbeddingModel {
  wholeNumber("hashedNgrams(), dimensions", dimensions, { least: 16, most: 65_536 });
  return { name: `hashed-ngrams:${dimensions}`, embed: async (texts) => texts.map((text) => vectorOf(text, dimensions)) };
}

function vectorOf(text: string, dimensions: number): Float32Array {
  const vector = new Float64Array(dimensions);
  for (const [feature, { times, weight }] of featuresOf(text)) {
    const hash = hashOf(feature);
    const at = (hash >>> 1) % dimensions;
    vector[at] = (vector[at] ?? 0) + (hash % 2 === 0 ? 1 : -1) * weight * (1 + Math.log(times)); // signs, so that collisions do not only add up
  }
  const length = Math.hypot(...blocksOf(vector));
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

/** The lengths of pieces of it: a call takes only so many arguments. */
function blocksOf(vector: Float64Array): readonly number[] {
  const lengths: number[] = [];
  for (let from = 0; from < vector.length; from += 256) lengths.push(Math.hypot(...vector.subarray(from, from + 256)));
  return lengths;
}

interface Feature {
  times: number;
  readonly weight: number;
}

function featuresOf(text: string): ReadonlyMap<string, Feature> {
  const features = new Map<string, Feature>();
  const add = (feature: string, weight: number): void => {
    const known = features.get(feature);
    if (known === undefined) features.set(feature, { times: 1, weight });
    else known.times += 1;
  };
  let before: string | null = null;
  for (const word of wordsOf(text)) {
    const share = Math.min(1, word.length / FULL_LENGTH);
    add(`w${word}`, WEIGHTS.word * share);
    if (before !== null) add(`p${before} ${word}`, WEIGHTS.pair * share);
    const framed = `^${word}$`;
    for (let at = 0; at + LETTERS <= framed.length; at++) add(`l${framed.slice(at, at + LETTERS)}`, WEIGHTS.letters * share);
    before = word;
  }
  return features;
}

/** In lower case, without accents. */
function wordsOf(text: string): readonly string[] {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** FNV-1a over UTF-16 units, then mixed, so that all bits count. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c_1b_3c_6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
