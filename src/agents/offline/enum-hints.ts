// What the schema and the prompt say of each value of an enum: `red: stop, danger. green: go` in a description, a
// description of its own, or a sentence of the instructions.
import { contentWords, wordsOf, nameWords } from "./words.ts";
import { root, stem } from "./stems.ts";

/** A value of an enum with the words that speak for it. */
export interface Option {
  readonly value: string;
  /** The words of the value itself. */
  readonly own: readonly string[];
  /** The words said of it. */
  readonly said: readonly string[];
  /** Takes what no other value claims: `other`, `none`, or said to be `everything else`. */
  readonly fallback: boolean;
}

const FALLBACK_NAMES = new Set(
  "other others none unknown misc miscellaneous else general neutral unclear unspecified rest default any".split(" "),
);
const FALLBACK_HINT =
  /\b(?:everything|anything|all|any|something) else\b|\bnone of (?:these|the|them)\b|\bwhatever (?:is left|remains)\b|\bthe rest\b|\bcatch[- ]?all\b|\bif (?:unsure|in doubt|nothing else)\b/i;

/** The options of an enum. `ownHints` are descriptions the schema gives to single values; they win. */
export function optionsOf(values: readonly string[], ownHints: readonly string[], texts: readonly string[]): readonly Option[] {
  const sections = texts.map((text) => sectionsOf(values, text));
  return values.map((value, index) => {
    const own = ownHints[index] ?? "";
    const hint = own === "" ? sections.map((section) => section.get(value) ?? "").join(" ") : own;
    const words = nameWords(value);
    return {
      value,
      own: words,
      said: informative(hint).filter((word) => !words.includes(word)),
      fallback: words.some((word) => FALLBACK_NAMES.has(word)) || FALLBACK_HINT.test(hint),
    };
  });
}

/** Words such as `something in the …` and `for example` are how people write hints, not what they hint at. */
const PADDING = new Set(
  "such example eg etc include includes including everything else anything something case cases use used apply applies mean means like kind related about sender message text mail email letter".split(
    " ",
  ),
);

function informative(hint: string): readonly string[] {
  return [...new Set(contentWords(wordsOf(hint.slice(0, 600))).filter((word) => !PADDING.has(word)))].slice(0, 40);
}

/** Cuts a text into what it says of each value. A value opens its part where `:`, `=`, `-`, `(` or `means` follows it. */
function sectionsOf(values: readonly string[], text: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  const limited = text.slice(0, 8_000);
  const marks = values.flatMap((value) => marksOf(value, limited)).sort((a, b) => a.start - b.start || b.end - a.end);
  for (const [index, mark] of marks.entries()) {
    const until = marks[index + 1]?.start ?? Math.min(limited.length, mark.end + 400);
    if (until < mark.end) continue;
    const part = limited.slice(mark.end, until);
    sections.set(mark.value, `${sections.get(mark.value) ?? ""} ${part.split(/\n\s*\n/)[0] ?? ""}`);
  }
  return sections;
}

function marksOf(value: string, text: string): readonly { readonly value: string; readonly start: number; readonly end: number }[] {
  const spelled = value.replaceAll(/[^\p{L}\p{N}]+/gu, " ").trim();
  if (spelled === "") return [];
  const letters = [value, spelled].map((form) => form.slice(0, 60).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const mark = new RegExp(
    `(?<![\\p{L}\\p{N}])["'\`*]{0,3}(?:${[...new Set(letters)].join("|")})["'\`*]{0,3}(?:\\s?(?:[:=(]|[–—-]+\\s|->|→)|\\s(?:means|is for|is when|for|if|when)\\s)`,
    "giu",
  );
  return [...text.matchAll(mark)].slice(0, 20).map((match) => ({ value, start: match.index, end: match.index + match[0].length }));
}

/** How telling a word is among the options: a word that every option has tells nothing. */
export function rarity(options: readonly Option[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const option of options) {
    for (const key of new Set([...option.own, ...option.said].flatMap((word) => [stem(word), root(word)])))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (word) => {
    const shared = counts.get(stem(word)) ?? counts.get(root(word)) ?? 1;
    return shared === 1 || options.length === 1 ? 1 : shared >= options.length ? 0 : 0.5 / shared;
  };
}
