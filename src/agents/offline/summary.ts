// Extraction instead of writing: the sentences that carry most of a text, in the order the text has them.
import type { Source } from "./source.ts";
import { root } from "./stems.ts";
import type { Sentence } from "./text-shape.ts";
import { contentWords, tokensOf } from "./words.ts";

/** What a summary should look like. */
export interface SummaryOptions {
  /** Words the summary should speak of; those of the property and of the instructions. */
  readonly about: readonly string[];
  /** At most this many sentences. */
  readonly sentences: number;
  /** At most this many characters. */
  readonly length: number;
}

/** Does the line greet or take leave? */
export function isGreeting(text: string): boolean {
  return COURTESY.test(text);
}

interface Ranked {
  readonly sentence: Sentence;
  readonly index: number;
  readonly words: readonly string[];
  readonly score: number;
}

const CONSIDERED = 2_000;
/** Labels of what a text is about: the sentence behind them stands for itself. */
const SUBJECT = /^(?:subject|title|topic|body|text|message|content|description|summary|headline): /i;
const COURTESY =
  /^(?:dear|hi|hello|hey|good (?:morning|afternoon|evening|day)|best|kind|warm|many thanks|thanks|thank you|cheers|regards|sincerely|yours|sent from|greetings)\b/i;

/** The best sentences of the text, joined; empty only where the text is. */
export function summarize(source: Source, options: SummaryOptions): string {
  const ranked = rank(source, options.about);
  const chosen: Ranked[] = [];
  let room = options.length;
  const said = new Set<string>();
  for (const one of [...ranked].sort((a, b) => b.score - a.score || a.index - b.index)) {
    if (chosen.length >= options.sentences) break;
    if (one.sentence.text.length + 1 > room && chosen.length > 0) continue;
    // A sentence that repeats what is already there adds length, not content.
    if (one.words.length > 0 && one.words.filter((word) => said.has(word)).length > one.words.length * 0.8) continue;
    for (const word of one.words) said.add(word);
    chosen.push(one);
    room -= one.sentence.text.length + 1;
  }
  const text = chosen
    .sort((a, b) => a.index - b.index)
    .map((one) => one.sentence.text.replace(SUBJECT, ""))
    .join(" ");
  return clip(text, options.length);
}

/** The sentence that speaks most of the words given; null where none does. */
export function sentenceAbout(source: Source, about: readonly string[]): { readonly sentence: Sentence; readonly score: number } | null {
  const wanted = new Set(contentWords(about).map(root));
  let best: { readonly sentence: Sentence; readonly score: number } | null = null;
  for (const sentence of source.sentences.slice(0, CONSIDERED)) {
    const hits = new Set(
      tokensOf(sentence)
        .map((token) => root(token.lower))
        .filter((word) => wanted.has(word)),
    ).size;
    const score = wanted.size === 0 ? 0 : hits / wanted.size;
    if (score > (best?.score ?? 0)) best = { sentence, score };
  }
  return best;
}

function rank(source: Source, about: readonly string[]): readonly Ranked[] {
  const wanted = new Set(contentWords(about).map(root));
  const sentences = source.sentences.slice(0, CONSIDERED);
  const words = sentences.map((sentence) => contentWords(tokensOf(sentence).map((token) => token.lower)).map(root));
  const counts = new Map<string, number>();
  for (const word of words.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  return sentences.map((sentence, index) => {
    const own = words[index] ?? [];
    const weight = own.reduce((sum, word) => sum + Math.log1p(counts.get(word) ?? 0) + (wanted.has(word) ? 0.8 : 0), 0);
    const density = own.length === 0 ? 0 : weight / Math.max(6, own.length);
    const early = 0.35 / (1 + index * 0.4);
    const facts = /\d/.test(sentence.text) ? 0.12 : 0;
    // `From: …`, `No.: …`: particulars, not what the text is about.
    const particular = own.length < 9 && /^[\p{L}][\p{L} .]{0,24}: \S/u.test(sentence.text) && !SUBJECT.test(sentence.text) ? 0.8 : 0;
    const courtesy = own.length < 3 || (COURTESY.test(sentence.text) && own.length < 8) ? 0.8 : 0;
    return { sentence, index, words: own, score: density + early + facts - courtesy - particular };
  });
}

/** The text within the length, cut after a word. */
export function clip(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, Math.max(0, length - 1)).replace(/[\uD800-\uDBFF]$/, "");
  const space = cut.lastIndexOf(" ");
  return `${(space > length / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}

/** The words that a text repeats most: what it is about, in the text's own spelling. */
export function keywords(source: Source, count: number): readonly string[] {
  const seen = new Map<string, { word: string; count: number; first: number }>();
  for (const [index, token] of source.tokens.slice(0, 20_000).entries()) {
    if (token.lower.length < 3 || /\d/.test(token.lower) || contentWords([token.lower]).length === 0) continue;
    const key = root(token.lower);
    const known = seen.get(key);
    if (known === undefined) seen.set(key, { word: token.lower, count: 1, first: index });
    else known.count++;
  }
  const order = [...seen.values()].sort((a, b) => b.count - a.count || a.first - b.first);
  return order.slice(0, count).map((one) => one.word);
}

const COUNTS = new Map([
  ["one", 1],
  ["single", 1],
  ["a", 1],
  ["two", 2],
  ["three", 3],
  ["four", 4],
  ["five", 5],
  ["six", 6],
]);

/** `in two sentences` -> 2; null where no number is given. */
export function sentenceCount(text: string): number | null {
  const match =
    /\b(one|single|a|two|three|four|five|six|\d{1,2})(?:[ -](?:or|to) \w{1,6})?[ -](?:short |brief |concise |plain )?(?:sentences?|lines?|bullets?|bullet points?)\b/i.exec(
      text,
    );
  if (match === null) return null;
  const word = match[1]?.toLowerCase() ?? "";
  return COUNTS.get(word) ?? Math.max(1, Number(word));
}
