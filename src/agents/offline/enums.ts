import type { Json } from "../../base/json.ts";
import type { Option } from "./enum-hints.ts";
import { optionsOf, rarity } from "./enum-hints.ts";
import type { Ask, Found } from "./found.ts";
import { found } from "./found.ts";
import { currencyIn } from "./numbers.ts";
import { adversity } from "./pressure.ts";
import { labelFit } from "./profile.ts";
import { shareFor } from "./scale.ts";
import type { Choice } from "./schema.ts";
import { forbiddenOf, hintOf, spelled } from "./schema.ts";
import type { Sense } from "./senses.ts";
import { hasSense, isNegated, sensesOf } from "./senses.ts";
import type { Source } from "./source.ts";
import { root, stem } from "./stems.ts";
import { nameWords, wordsOf } from "./words.ts";

/** One value of an enum and how much of the text speaks for it. */
export interface Scored {
  readonly value: Json;
  readonly score: number;
}

/** The value of an enum that the text speaks for most. With nothing said, the value that takes the rest, else the first. */
export function chooseValue(ask: Ask, choices: readonly Choice[]): Found {
  const forbidden = forbiddenOf(ask.schema).map((value) => JSON.stringify(value));
  const allowed = choices.filter((choice) => !forbidden.includes(JSON.stringify(choice.value)));
  const open = allowed.length > 0 ? allowed : choices;
  if (open.length <= 1) return found(open[0]?.value ?? null, open.length === 1 ? 0.5 : 0);
  const labelled = labelledChoice(ask, open);
  if (labelled !== null) return labelled;
  const money = moneyChoice(ask, open);
  if (money !== null) return money;
  const graded = gradedChoice(ask, open);
  if (graded !== null) return graded;
  const scored = scoreChoices(ask, open);
  const [best] = [...scored].sort((a, b) => b.score - a.score);
  const fallback = optionsFor(ask, open).findIndex((option) => option.fallback);
  // One passing word does not outweigh a value that is there for whatever is left.
  const bar = fallback >= 0 ? 0.9 : 0;
  const tops = extreme(ask, scored);
  if (tops !== null) return tops;
  if (best !== undefined && best.score > bar) return found(best.value, Math.min(1, 0.35 + best.score * 0.15));
  const rest = open[fallback >= 0 ? fallback : 0];
  return found(rest?.value ?? null, fallback >= 0 ? 0.3 : 0);
}

/** The enum's values with what the text says for each, in the schema's order. */
export function scoreChoices(ask: Ask, choices: readonly Choice[]): readonly Scored[] {
  const options = optionsFor(ask, choices);
  const weigh = rarity(options);
  const tokens = countedOf(ask.source);
  return choices.map((choice, index) => {
    const option = options[index];
    return {
      value: choice.value,
      score:
        option === undefined || (option.fallback && option.own.length === 1) ? 0 : evidence(option, { tokens, weigh, source: ask.source }),
    };
  });
}

function optionsFor(ask: Ask, choices: readonly Choice[]): readonly Option[] {
  return optionsOf(
    choices.map((choice) => spelled(choice.value)),
    choices.map((choice) => choice.hint),
    [hintOf(ask.schema), ask.instructions],
  );
}

interface Counted {
  readonly stem: string;
  readonly root: string;
  readonly weight: number;
}

const counted = new WeakMap<Source, ReadonlyMap<string, Counted>>();

/** The text's words by stem. Those at the beginning and in a subject line weigh more; negated ones less. */
function countedOf(source: Source): ReadonlyMap<string, Counted> {
  const known = counted.get(source);
  if (known !== undefined) return known;
  const weights = new Map<string, { root: string; count: number; best: number }>();
  const early = headEnd(source);
  for (const [index, token] of source.tokens.slice(0, 30_000).entries()) {
    const key = stem(token.lower);
    const weight = (token.start < early ? 1.6 : 1) * (isNegated(source.tokens, index) ? 0.6 : 1);
    const before = weights.get(key) ?? { root: root(token.lower), count: 0, best: 0 };
    weights.set(key, { root: before.root, count: before.count + 1, best: Math.max(before.best, weight) });
  }
  const made = new Map(
    [...weights].map(([key, one]) => [key, { stem: key, root: one.root, weight: one.best * (1 + Math.log2(one.count) * 0.35) }]),
  );
  counted.set(source, made);
  return made;
}

/** Where the head of the text ends: a subject or title if it is labelled so, else the first line or sentence. */
function headEnd(source: Source): number {
  const subject = source.fields.find((field) => /^(?:subject|title|re|topic|headline)$/i.test(field.label));
  if (subject !== undefined) return subject.start + subject.value.length;
  const first = source.sentences[0];
  return first === undefined ? 0 : first.start + Math.min(first.text.length, 160);
}

interface Measure {
  readonly tokens: ReadonlyMap<string, Counted>;
  readonly weigh: (word: string) => number;
  readonly source: Source;
}

/** A value's own words count double; its hint's words once; words that only share a general meaning a little. */
function evidence(option: Option, measure: Measure): number {
  let score = 0;
  for (const word of option.own) score += 2 * hit(word, measure) * (option.own.length > 1 ? 0.8 : 1);
  // Words of a general meaning (`wrong`, `nice`) turn up in every kind of text: they are weighed with their meaning below.
  for (const word of option.said) score += hit(word, measure) * (sensesOf(word).length > 0 ? 0.35 : 1);
  return score + bySense(option, measure);
}

function hit(word: string, { tokens, weigh }: Measure): number {
  const value = weigh(word);
  if (value === 0) return 0;
  const direct = tokens.get(stem(word));
  if (direct !== undefined) return direct.weight * value;
  const from = root(word);
  if (from.length < 3) return 0;
  let best = 0;
  for (const token of tokens.values()) if (token.root === from || token.stem === from) best = Math.max(best, token.weight);
  return best * 0.75 * value;
}

// How much one hit counts. Wishes and inquiries are in every mail: they tell little.
const SPREAD: readonly (readonly [sense: Sense, weight: number])[] = [
  ["money", 0.4],
  ["pleasant", 0.4],
  ["unpleasant", 0.4],
  ["wish", 0.1],
  ["inquiry", 0.1],
  ["thanks", 0.1],
];

/** A hint that tells of trouble is spoken for by every telling of trouble, and so on for each general meaning. */
function bySense(option: Option, { tokens, source, weigh }: Measure): number {
  const words = [...option.own, ...option.said].filter((word) => weigh(word) > 0);
  let score = 0;
  if (words.some((word) => hasSense(word, "adverse"))) score += Math.min(2, adversity(source) * 0.4);
  for (const [sense, weight] of SPREAD) {
    const share = words.filter((word) => sensesOf(word).includes(sense)).length;
    if (share === 0) continue;
    const said = [...tokens.keys()].filter((word) => sensesOf(word).includes(sense)).length;
    score += Math.min(weight * 4, said * weight) + (sense === "money" && source.entities.some((one) => one.currency !== null) ? 0.6 : 0);
  }
  return score;
}

/** `Priority: high`: the text gives the value itself. */
function labelledChoice(ask: Ask, choices: readonly Choice[]): Found | null {
  for (const field of ask.source.fields.slice(0, 500)) {
    if (labelFit(ask.profile, field.words) < 0.6) continue;
    const said = wordsOf(field.value.slice(0, 80)).map(stem);
    const match = choices.find((choice) => {
      const own = nameWords(spelled(choice.value)).map(stem);
      return own.length > 0 && own.every((word) => said.includes(word));
    });
    if (match !== undefined) return { value: match.value, score: 0.9, start: field.start, end: field.start + field.value.length };
  }
  return null;
}

/** Codes of currencies are spoken for by their signs too. */
function moneyChoice(ask: Ask, choices: readonly Choice[]): Found | null {
  if (!choices.every((choice) => choice.value === "other" || /^[A-Z]{3}$/.test(spelled(choice.value)))) return null;
  const code = currencyIn(ask.source.text.slice(0, 50_000));
  const match = choices.find((choice) => choice.value === code);
  return match === undefined ? null : found(match.value, 0.8);
}

const GRADES = new Map<string, number>(
  Object.entries({
    none: 0,
    trivial: 0.05,
    lowest: 0,
    minimal: 0.1,
    low: 0.15,
    minor: 0.15,
    small: 0.2,
    mild: 0.2,
    medium: 0.5,
    moderate: 0.5,
    normal: 0.45,
    average: 0.5,
    standard: 0.45,
    mid: 0.5,
    high: 0.8,
    major: 0.8,
    large: 0.8,
    severe: 0.9,
    urgent: 0.95,
    critical: 1,
    highest: 1,
    extreme: 1,
    immediate: 1,
    emergency: 1,
    positive: 0.85,
    negative: 0.15,
    neutral: 0.5,
    mixed: 0.5,
    good: 0.8,
    bad: 0.2,
    poor: 0.1,
    excellent: 1,
  }),
);
const MOODS = new Set("positive negative neutral mixed good bad poor excellent".split(" "));

/** Enums that are scales in words, `low … high` or `negative … positive`, are graded by tone. */
function gradedChoice(ask: Ask, choices: readonly Choice[]): Found | null {
  const values = choices.map((choice) => spelled(choice.value).toLowerCase());
  const grades = values.map((value) => GRADES.get(value));
  if (grades.some((grade) => grade === undefined) || values.length < 2) return null;
  const mood = values.some((value) => MOODS.has(value));
  const share = shareFor({ ...ask, schema: { description: hintOf(ask.schema) } }, mood ? ["mood"] : []);
  let best = 0;
  for (const [index, grade] of grades.entries()) {
    if (Math.abs((grade ?? 0) - share) < Math.abs((grades[best] ?? 0) - share)) best = index;
  }
  return found(choices[best]?.value ?? null, 0.4);
}

/** `highest degree`, `latest stage`: of the values the text speaks for, the last (or first) in the schema's order. */
function extreme(ask: Ask, scored: readonly Scored[]): Found | null {
  const words = [...ask.profile.words, ...wordsOf(hintOf(ask.schema)).slice(0, 12)];
  const top = words.some((word) => /^(?:highest|maximum|latest|furthest)$/.test(word));
  const bottom = words.some((word) => /^(?:lowest|minimum|earliest|least)$/.test(word));
  if (top === bottom) return null;
  const spoken = scored.filter((one) => one.score >= 1.4);
  const pick = top ? spoken[spoken.length - 1] : spoken[0];
  return pick === undefined ? null : found(pick.value, 0.6);
}
