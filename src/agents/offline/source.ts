import type { Entity } from "./entities.ts";
import { entitiesOf } from "./entities.ts";
import type { Block, Field, Line, Sentence } from "./text-shape.ts";
import { columnsOf } from "./columns.ts";
import { blocksOf, fieldsOf, linesOf, sentencesOf } from "./text-shape.ts";
import type { Token } from "./words.ts";
import { tokenize } from "./words.ts";

/** A text and everything that can be known of its shape. Each part is worked out once, when first asked for. */
export interface Source {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly fields: readonly Field[];
  readonly blocks: readonly Block[];
  readonly sentences: readonly Sentence[];
  readonly tokens: readonly Token[];
  readonly entities: readonly Entity[];
}

/** Longer texts are read up to here, so that time stays bounded. In characters. */
const READ_LIMIT = 200_000;

/** No more labels than this are kept. */
const MOST_FIELDS = 3_000;

/** Makes the source of a text. */
export function sourceOf(raw: string): Source {
  const text = raw
    .slice(0, READ_LIMIT)
    .replaceAll("\r\n", "\n")
    .replaceAll(/[\r\u2028\u2029]/g, "\n")
    .replaceAll(/(?<!\d)[^\S\n\t ]|[^\S\n\t ](?!\d)/g, " ");
  const lines = once(() => linesOf(text));
  const columns = once(() => columnsOf(lines()));
  const fields = once(() => {
    const all: Field[] = [];
    const heads = new Set(columns().map((block) => block.head));
    for (const line of lines()) if (!line.blank && !heads.has(line) && all.length < MOST_FIELDS) all.push(...fieldsOf(line));
    return all;
  });
  const blocks = once(() => [...blocksOf(lines()), ...columns()].sort((a, b) => a.start - b.start));
  const sentences = once(() => sentencesOf(lines()));
  const tokens = once(() => tokenize(text));
  const entities = once(() => entitiesOf(text));
  return {
    text,
    get lines() {
      return lines();
    },
    get fields() {
      return fields();
    },
    get blocks() {
      return blocks();
    },
    get sentences() {
      return sentences();
    },
    get tokens() {
      return tokens();
    },
    get entities() {
      return entities();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** The last item that begins at or before `at`, by binary search: texts have thousands of tokens. */
export function itemAt<T extends { readonly start: number }>(items: readonly T[], at: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
