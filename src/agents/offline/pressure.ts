// How hard a text presses: time that runs out, things that stand still, loss, emphasis; and what takes pressure off.
import { hasSense, isNegatedDeed } from "./senses.ts";
import type { Source } from "./source.ts";
import { stem } from "./stems.ts";
import { tokensOf } from "./words.ts";

// General English phrases with the pressure they add (or take off). What the text is about plays no part.
const SIGNS: readonly (readonly [pattern: RegExp, weight: number])[] = [
  [
    /\b(?:urgent(?:ly)?|emergency|asap|as soon as possible|immediate(?:ly)?|right away|right now|at once|without delay|critical(?:ly)?|top priority)\b/gi,
    0.3,
  ],
  [
    /\b(?:stand(?:s|ing)? still|standstill|at a halt|grinds? to|(?:work|everything|all|we|i)(?: \w+)? (?:has |have )?(?:stopped|stops)|(?:is|are|am|been) (?:completely |totally |currently )?(?:blocked|stuck|down|stranded|locked out)|down since)\b/gi,
    0.3,
  ],
  [
    /\b(?:nobody|no one|none of (?:us|them|our|the)|not one of|every(?:body|one)|all of (?:us|them|our)|the (?:whole|entire)|entire|our (?:whole|entire))\b/gi,
    0.14,
  ],
  [/\b(?:can't|cannot|can not|could ?n[o']t|unable to|impossible to|no way to)\b/gi, 0.1],
  [
    /\b(?:today|tonight|this (?:morning|afternoon|evening)|within (?:the|an?|one|two|\d+) hours?|in (?:an|one|two|three|\d+) hours?|(?:by|at|before|until) (?:\d{1,2}(?::\d\d)? ?[ap]\.?m|noon|midday|midnight)|an hour ago|minutes ago|now)\b/gi,
    0.12,
  ],
  [
    /\b(?:tomorrow|deadline|time is running|(?:by|due|before|until)(?: \w+)? (?:mon|tues|wednes|thurs|fri|satur|sun)day|this week|by the end of (?:the|this) (?:day|week))\b/gi,
    0.1,
  ],
  [
    /\b(?:quick(?:ly)?|soon|promptly|hurry|waiting for (?:days|weeks|hours)|still (?:waiting|no|not)|again|every (?:time|day|hour)|third time|second time)\b/gi,
    0.05,
  ],
  [
    /\b(?:lost|losing|lose|destroyed|ruined|stolen|danger(?:ous)?|afraid|worried|serious(?:ly)?|severe(?:ly)?|desperate(?:ly)?|unacceptable|stranded|gone)\b/gi,
    0.12,
  ],
  [/\b(?:important|essential|vital|crucial|must|need(?:ed)?|depend(?:s|ing)? on)\b/gi, 0.05],
  [/!{1,5}/g, 0.04],
  [/\b[A-Z]{4,}(?: [A-Z]{2,})+\b/g, 0.12],
];

const RELIEF: readonly (readonly [pattern: RegExp, weight: number])[] = [
  [
    /\b(?:(?:no|not in a|in no|not in any|without any|isn't any|is no) (?:great |particular |real )?(?:rush|hurry)|(?:no|not) (?:\w+ )?(?:urgent|urgency|pressing)|isn't urgent|not time[- ]critical|no deadline)\b/gi,
    0.4,
  ],
  [
    /\b(?:when(?:ever)? (?:you|it|there|convenient|possible|your)|whenever|at your (?:convenience|leisure)|some ?(?:day|time) (?:in|next|later)|sometime|some ?day|eventually|at some point|in the long run|take your time|can wait|early enough|is (?:soon|good) enough|next (?:month|quarter|year|release|version))\b/gi,
    0.22,
  ],
  [
    /\b(?:just (?:curious|wondering|a thought|a note|an? idea)|wonder(?:ing)? (?:if|whether)|curious|would be (?:nice|lovely|great|cool|good)|nice to have|suggestion|for your information|fyi|by the way|just wanted to)\b/gi,
    0.16,
  ],
  [
    /\b(?:minor|small|tiny|cosmetic|slight(?:ly)?|trivial|little|not (?:dramatic|serious|a big|important|the end)|no big deal|nothing serious|otherwise fine|works? around|workaround|for now (?:i|we)|i can (?:live|manage|work|do) (?:with|without|around)|for the time being)\b/gi,
    0.12,
  ],
];

const READ = 20_000;

/** The pressure of a text, 0 (whenever you like) to 1 (everything stands still). */
export function pressureOf(source: Source): number {
  const text = source.text.slice(0, READ).replaceAll("’", "'");
  const push = sumOf(text, SIGNS);
  const relief = sumOf(text, RELIEF);
  const adverse = adversity(source);
  // Nobody writes about trouble without wanting an end to it: trouble alone is the middle of the scale.
  const base = 0.2 + Math.min(0.25, adverse * 0.07);
  return Math.min(1, Math.max(0, base + saturate(push) - Math.min(0.6, relief)));
}

/** Each sign counts less when it is repeated, so that long texts do not press by length alone. */
function sumOf(text: string, signs: readonly (readonly [pattern: RegExp, weight: number])[]): number {
  let sum = 0;
  for (const [pattern, weight] of signs) {
    const kinds = new Set<string>();
    let count = 0;
    for (const match of text.matchAll(pattern)) {
      count++;
      kinds.add(match[0].toLowerCase());
      if (count >= 20) break;
    }
    sum += weight * (Math.min(3, kinds.size) * 0.7 + (count > 0 ? 0.3 : 0));
  }
  return sum;
}

function saturate(push: number): number {
  return push <= 0.4 ? push : 0.4 + (push - 0.4) * 0.6;
}

// Turns of phrase that tell of something that went well and does so no longer, or goes on its own.
const TROUBLE =
  /\b(?:no longer|used to|ever since|every (?:single )?time|over and over|again and again|keeps? (?:on )?\w+ing|(?:was|were|had been) (?:just )?(?:fine|all right|ok|okay|good) (?:before|until|for)|before that,? (?:it|everything)|in the way|by itself|on its own|nothing (?:happens|works|helps|changed?)|out of (?:order|action)|(?:does|do|did|would|will) nothing|(?:is|are|was|were|simply|just|all|already) gone|(?:is|are) down|shuts? (?:down|off))\b/gi;
const DOUBT = /\?\s*$|\b(?:wonder(?:ing)?|whether|curious|would like to know)\b/i;

/** How many different words and turns of the text tell of something that is not as it should be. Doubts count half. */
export function adversity(source: Source): number {
  const told = new Map<string, number>();
  for (const sentence of source.sentences.slice(0, 300)) {
    const weight = DOUBT.test(sentence.text.slice(-400)) ? 0.4 : 1;
    const add = (what: string): void => void told.set(what, Math.max(told.get(what) ?? 0, weight));
    const text = sentence.text.slice(0, 2_000);
    const tokens = tokensOf(sentence);
    for (const [index, token] of tokens.entries()) {
      if (hasSense(token.lower, "adverse")) add(stem(token.lower));
      else if (isNegatedDeed(tokens, index)) add(`not ${tokens[index + 1]?.lower ?? ""}`);
    }
    for (const match of text.matchAll(TROUBLE)) add(match[0].toLowerCase());
  }
  return [...told.values()].reduce((sum, weight) => sum + weight, 0);
}
