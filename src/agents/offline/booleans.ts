import type { Ask, Found } from "./found.ts";
import { found } from "./found.ts";
import { labelFit } from "./profile.ts";
import { hintOf } from "./schema.ts";
import { isNegated, isNegation } from "./senses.ts";
import { root, stem } from "./stems.ts";
import { contentWords, tokensOf, wordsOf } from "./words.ts";

const YES = /^(?:yes|y|true|on|x|✓|✔|checked|done|ok|correct|available|included|possible|required|confirmed)\b/i;
const NO = /^(?:no|n|false|off|none|not|-|✗|✘|unchecked|unavailable|without|never)(?:\b|$)/i;
const FLAG = new Set(
  "is has have was can should be are does do did will needs need allow allows allowed include includes included".split(" "),
);

/** Whether the text says so. Words of the property speak for it; the same words negated, or with `un-`, against it. */
export function booleanValue(ask: Ask): Found {
  const labelled = labelledFlag(ask);
  if (labelled !== null) return labelled;
  const words = ask.profile.words.filter((word) => !FLAG.has(word));
  const own = contentWords(words).map(root);
  const hints = contentWords(wordsOf(hintOf(ask.schema)))
    .filter((word) => !FLAG.has(word))
    .map(root);
  const byName = evidence(ask, new Set(own));
  if (byName !== 0) return found(byName > 0, Math.min(0.8, 0.45 + Math.abs(byName) * 0.1));
  const byHint = hints.length === 0 ? null : sentenceSays(ask, new Set([...own, ...hints]));
  return byHint === null ? found(false, 0) : found(byHint, 0.4);
}

function labelledFlag(ask: Ask): Found | null {
  for (const field of ask.source.fields.slice(0, 1_000)) {
    if (labelFit(ask.profile, field.words) < 0.55) continue;
    const place = { start: field.start, end: field.start + field.value.length };
    if (YES.test(field.value)) return { value: true, score: 0.9, ...place };
    if (NO.test(field.value)) return { value: false, score: 0.9, ...place };
  }
  return null;
}

const TURNED = /^(?:un|non|in|im|dis)(?=\p{L}{4})/u;

/** Above zero where more mentions say yes than no. All words of the name must be near each other. */
function evidence(ask: Ask, own: ReadonlySet<string>): number {
  if (own.size === 0) return 0;
  let sum = 0;
  for (const sentence of ask.source.sentences.slice(0, 2_000)) {
    const tokens = tokensOf(sentence);
    const seen = new Set<string>();
    let turned = false;
    for (const [index, token] of tokens.entries()) {
      const bare = root(token.lower);
      const opposite = root(token.lower.replace(TURNED, ""));
      const hit = own.has(bare) ? bare : opposite !== bare && own.has(opposite) ? opposite : null;
      if (hit === null) continue;
      if (hit === bare && !sameTense(ask, token.lower)) continue;
      seen.add(hit);
      turned ||= hit !== bare || tokens[index - 1]?.lower === "be" || isNegated(tokens, index) || deniedAfter(sentence.text, token.end);
    }
    if (seen.size === own.size) sum += turned ? -1 : 1;
  }
  return sum;
}

/** For `signed` it is not enough that somebody should sign: what is done is told in the past. */
function sameTense(ask: Ask, word: string): boolean {
  const done = ask.profile.words.find((own) => stem(own) === stem(word) && isDone(own));
  return done === undefined || isDone(word);
}

function isDone(word: string): boolean {
  return /.{2}ed$/.test(word) || (stem(word) !== word && !/(?:s|ing|e|ment|ly)$/.test(word) && stem(word).slice(0, 2) === word.slice(0, 2));
}

/** `Parking: none`, `parking is not possible`. */
function deniedAfter(text: string, at: number): boolean {
  const clause = text.slice(at, at + 40).split(/[,;.]/)[0] ?? "";
  return wordsOf(clause).slice(0, 4).some(isNegation);
}

/** A sentence that has most of the description's words says yes, unless it is negated. */
function sentenceSays(ask: Ask, words: ReadonlySet<string>): boolean | null {
  const asked = new Set([...words].filter((word) => word.length > 2));
  if (asked.size === 0) return null;
  let best = 0;
  let says: boolean | null = null;
  for (const sentence of ask.source.sentences.slice(0, 2_000)) {
    const tokens = tokensOf(sentence);
    const hits = tokens.flatMap((token, index) => (asked.has(root(token.lower)) || asked.has(stem(token.lower)) ? [index] : []));
    const share = new Set(hits.map((index) => root(tokens[index]?.lower ?? ""))).size / Math.min(4, asked.size);
    if (share <= best || hits.length < Math.min(2, asked.size)) continue;
    best = share;
    says = !hits.some((index) => isNegated(tokens, index));
  }
  return best >= 0.5 ? says : null;
}
