// Numbers that grade something: `1..5`. The text seldom names the number, so its tone is measured instead.
import type { Ask, Found } from "./found.ts";
import { found } from "./found.ts";
import { boundsOf, nearestNumber } from "./conform.ts";
import { pressureOf } from "./pressure.ts";
import { hintOf } from "./schema.ts";
import { hasSense, isNegated } from "./senses.ts";
import type { Source } from "./source.ts";
import { root, stem } from "./stems.ts";
import { contentWords, tokensOf, wordsOf } from "./words.ts";

const GRADED = new Set(
  "urgency urgent priority severity importance important level score rating rate rank grade scale intensity risk confidence sentiment mood satisfaction quality impact effort difficulty likelihood strength relevance seriousness criticality"
    .split(" ")
    .map(stem),
);
const MOOD = new Set(
  "sentiment mood satisfaction satisfied happy happiness rating positive positivity quality recommend recommendation tone stars review"
    .split(" ")
    .map(stem),
);

/** Does the property grade something on a closed scale, rather than count it? */
export function isScale(ask: Ask): boolean {
  const { least, most } = boundsOf(ask.schema);
  if (!Number.isFinite(least) || !Number.isFinite(most) || most - least > 100) return false;
  const hint = hintOf(ask.schema);
  return (
    ask.profile.words.some((word) => GRADED.has(stem(word))) ||
    anchorsOf(hint, least, most).length > 0 ||
    (most - least <= 10 && wordsOf(hint).some((word) => GRADED.has(stem(word))))
  );
}

/** The place on the scale that the text's tone speaks for. */
export function scaleValue(ask: Ask): Found {
  const { least, most } = boundsOf(ask.schema);
  const share = shareFor(ask, [...ask.profile.words, ...wordsOf(hintOf(ask.schema))]);
  return found(nearestNumber(ask.schema, least + Math.round(share * (most - least))), 0.4);
}

/** The tone as a share from 0 to 1: of mood where the property speaks of mood, of pressure everywhere else. */
export function shareFor(ask: Ask, asked: readonly string[]): number {
  const mood = asked.slice(0, 24).some((word) => MOOD.has(stem(word)));
  const { least, most } = boundsOf(ask.schema);
  const plain = mood ? moodOf(ask.source) : pressureOf(ask.source);
  const anchors = Number.isFinite(least) && Number.isFinite(most) ? anchorsOf(hintOf(ask.schema), least, most) : [];
  let share = plain;
  for (const anchor of anchors) share += (anchor.share - share) * 0.5 * overlap(anchor.words, ask.source);
  return Math.min(1, Math.max(0, share));
}

interface Anchor {
  readonly share: number;
  readonly words: readonly string[];
}

/** What a description says of single grades: `1 = can wait, 5 = everything is lost`. */
function anchorsOf(hint: string, least: number, most: number): readonly Anchor[] {
  const anchors: Anchor[] = [];
  for (const match of hint.slice(0, 1_000).matchAll(/(?<![\d.])(-?\d{1,3}) ?(?:=|:|is|means|\() ?([^,;.\d()]{2,80})/g)) {
    const grade = Number(match[1]);
    if (grade < least || grade > most) continue;
    anchors.push({ share: (grade - least) / Math.max(1, most - least), words: contentWords(wordsOf(match[2] ?? "")).map(root) });
  }
  return anchors;
}

/** How much of the anchor's wording one sentence of the text has, if it has most of it. */
function overlap(words: readonly string[], source: Source): number {
  if (words.length === 0) return 0;
  let best = 0;
  for (const sentence of source.sentences.slice(0, 500)) {
    const said = new Set(tokensOf(sentence).map((token) => root(token.lower)));
    best = Math.max(best, words.filter((word) => said.has(word)).length / words.length);
  }
  return best >= 0.99 ? 1 : best >= 0.6 ? 0.5 : 0;
}

/** 0 very displeased, 0.5 neutral, 1 very pleased. */
function moodOf(source: Source): number {
  let sum = 0;
  let count = 0;
  for (const [index, token] of source.tokens.slice(0, 20_000).entries()) {
    const pleasant = hasSense(token.lower, "pleasant");
    const unpleasant = hasSense(token.lower, "unpleasant");
    if (pleasant === unpleasant) continue;
    const turned = isNegated(source.tokens, index);
    sum += pleasant !== turned ? 1 : -1;
    count++;
  }
  return count === 0 ? 0.5 : 0.5 + (0.5 * sum) / (count + 1);
}
