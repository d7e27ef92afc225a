import { root, stem } from "./stems.ts";
import type { Token } from "./words.ts";

/** A general meaning that many words share, whatever the text is about. */
export type Sense = "adverse" | "wish" | "inquiry" | "thanks" | "money" | "pleasant" | "unpleasant" | "person" | "calendar";

// General English only. A text's own subject must come from the schema and the prompt.
const WORDS: Readonly<Record<Sense, string>> = {
  adverse: `wrong bad badly worse broken break stuck freeze lose lost loss missing gone vanish disappear trouble problem mistake
    damage harm fault faulty incorrect unable unexpected useless unusable impossible dead hang stop interrupt corrupt odd strange
    weird garbled blank suddenly instead repeatedly annoying slow malfunction defect dysfunction flaw repair fix restore stall`,
  wish: `wish like love want need hope suggest suggestion idea recommend consider appreciate nice would could interested propose prefer`,
  inquiry: `wonder ask curious know possible possibility explain clarify information advice advise whether tell how what where which`,
  thanks: "thank thanks thankful grateful cheers",
  money: "money price cost cheap expensive amount cash currency bank cent dollar euro pound sum pay owe afford buy debit tax",
  pleasant: `good great excellent wonderful fantastic amazing awesome perfect love lovely enjoy happy glad pleased delighted satisfied
    superb brilliant friendly helpful beautiful comfortable smooth easy nice thank recommend impressed best favourite favorite delicious`,
  unpleasant: `bad terrible awful horrible poor disappoint disappointing disappointed angry annoyed annoying unhappy hate rude dirty
    disgusting useless waste regret unacceptable frustrating frustrated upset worst ugly uncomfortable unfriendly cold noisy broken
    dreadful mediocre avoid complain never`,
  person: "who person people man woman somebody",
  calendar: "date day week month year calendar schedule time",
};

const byStem = new Map<string, Sense[]>();
for (const [sense, words] of Object.entries(WORDS) as [Sense, string][]) {
  for (const word of new Set(words.split(/\s+/).map(stem))) byStem.set(word, [...(byStem.get(word) ?? []), sense]);
}

const NONE: readonly Sense[] = [];

/** The general meanings of one word. */
export function sensesOf(word: string): readonly Sense[] {
  return byStem.get(stem(word)) ?? byStem.get(root(word)) ?? NONE;
}

/** Has the word this general meaning? Prefixes that turn an ability around count as adverse. */
export function hasSense(word: string, sense: Sense): boolean {
  if (sensesOf(word).includes(sense)) return true;
  return sense === "adverse" && /^(?:un\p{L}{3,}(?:able|ed)|mis[^s]\p{L}{4,}(?:ed|ing)|mal\p{L}{5,}(?:ed|ing))$/u.test(word);
}

const NEGATION = new Set("no not never none nobody nothing neither nor without hardly cannot".split(" "));

/** `not`, `never`, `doesn't` …: does the word turn what follows around? */
export function isNegation(word: string): boolean {
  return NEGATION.has(word) || word.endsWith("n't") || word === "cant" || word === "dont" || word === "wont" || word === "doesnt";
}

/** Is the word at `index` negated by one of the three words before it (`not yet available`)? */
export function isNegated(tokens: readonly Token[], index: number): boolean {
  for (let back = 1; back <= 3 && index - back >= 0; back++) {
    const word = tokens[index - back]?.lower ?? "";
    if (isNegation(word)) return true;
  }
  return false;
}

// `I do not know` and `we don't need` tell of a mind, not of a thing that does not work.
const MENTAL = new Set("know want need think mind understand care like see hesitate worry".split(" ").map(stem));

/** Marks of things that do not happen as they should: `cannot open`, `does not arrive`. Mental verbs are left out. */
export function isNegatedDeed(tokens: readonly Token[], index: number): boolean {
  const word = tokens[index]?.lower ?? "";
  if (
    word !== "cannot" &&
    word !== "cant" &&
    !word.endsWith("n't") &&
    !(word === "not" && /^(?:do|does|did|could|can|will|would|is)$/.test(tokens[index - 1]?.lower ?? ""))
  ) {
    return false;
  }
  const next = tokens[index + 1];
  return next !== undefined && !MENTAL.has(stem(next.lower));
}
