import { kinOf } from "./kin.ts";
import type { Schema } from "./schema.ts";
import { hintOf } from "./schema.ts";
import { root, stem } from "./stems.ts";
import { contentWords, isStopWord, nameWords, wordsOf } from "./words.ts";

/** One word a property is known by. */
interface Term {
  readonly stem: string;
  readonly root: string;
  readonly kin: readonly string[];
  readonly weight: number;
}

/** The words a property is known by: its name, its parents' names, its description. */
export interface Profile {
  readonly terms: readonly Term[];
  readonly hints: readonly Term[];
  /** Words the description sets apart: `total, not the subtotal`. */
  readonly against: ReadonlySet<string>;
  /** The words of the name itself, in order. */
  readonly words: readonly string[];
}

/** What {@link profileOf} needs to know beside the schema. */
export interface ProfileNames {
  readonly name: string;
  readonly parents: readonly string[];
  /** Names of all properties beside it, itself included: a word they share tells little. */
  readonly siblings: readonly string[];
  /** What the descriptions of its parents say. */
  readonly about?: string;
}

const GENERIC = new Set("name value info information text data list item field is has full".split(" ").map(stem));

/** The profile of a property. */
export function profileOf(schema: Schema, names: ProfileNames): Profile {
  const words = nameWords(names.name);
  const shared = new Map<string, number>();
  for (const sibling of names.siblings)
    for (const key of new Set(nameWords(sibling).map(stem))) shared.set(key, (shared.get(key) ?? 0) + 1);
  const own = words.map((word) =>
    term(word, (GENERIC.has(stem(word)) && words.length > 1 ? 0.4 : 1) / Math.max(1, shared.get(stem(word)) ?? 1) ** 0.6),
  );
  const above = names.parents.flatMap(nameWords).filter((word) => !isStopWord(word) && !GENERIC.has(stem(word)));
  const { said, against } = hintWords([hintOf(schema), names.about ?? ""].join(" ").trim());
  return { terms: [...own, ...above.map((word) => term(word, 0.4))], hints: said.map((word) => term(word, 1)), against, words };
}

function term(word: string, weight: number): Term {
  return { stem: stem(word), root: root(word), kin: kinOf(word), weight };
}

const RELATING = /^(?:by|until|till|before|from|since|to|due)$/;

/** What a description says, and what it sets apart with `not`, `without`, `excluding`, `rather than`. */
function hintWords(hint: string): { readonly said: readonly string[]; readonly against: ReadonlySet<string> } {
  const text = hint.slice(0, 600);
  const cut = /\b(?:not|without|excluding|except|rather than|instead of)\b([^.;,)]{0,60})/gi;
  const apart = new Set([...text.matchAll(cut)].flatMap((match) => contentWords(wordsOf(match[1] ?? ""))).map(stem));
  // `by`, `from`, `until` are small words with a relation in them: `the day by which …` is a deadline.
  const said = wordsOf(text).filter((word) => !apart.has(stem(word)) && (!isStopWord(word) || RELATING.test(word)));
  return { said: [...new Set(said)].slice(0, 30), against: apart };
}

/** A word of the text, prepared for comparison. */
export interface Cue {
  readonly stem: string;
  readonly root: string;
  readonly kin: readonly string[];
  /** How much it counts: 1 at the value's side, less further away. */
  readonly nearness: number;
}

/** Prepares words for comparison; all are equally near. */
function cuesOf(words: readonly string[]): readonly Cue[] {
  const known = prepared.get(words);
  if (known !== undefined) return known;
  const cues = words.map((word) => ({ stem: stem(word), root: root(word), kin: kinOf(word), nearness: 1 }));
  prepared.set(words, cues);
  return cues;
}

// Labels are compared with every property: their words are prepared once.
const prepared = new WeakMap<readonly string[], readonly Cue[]>();

function likeness(term: Term, cue: Cue): number {
  if (term.stem === cue.stem) return 1;
  if (term.root === cue.root) return 0.75;
  return term.kin.some((group) => cue.kin.includes(group)) ? 0.5 : 0;
}

function bestLikeness(term: Term, cues: readonly Cue[]): number {
  let best = 0;
  for (const cue of cues) best = Math.max(best, likeness(term, cue) * cue.nearness);
  return best;
}

/** How well a label fits the property, 0 (not at all) to about 1.3. */
export function labelFit(profile: Profile, label: readonly string[]): number {
  const words = mainWords(label);
  const cues = cuesOf(words);
  const { recall, hint } = reach(profile, cues);
  if (recall === 0 && hint === 0) return 0;
  const content = cues.filter((_cue, index) => !isStopWord(words[index] ?? "") || words.length === 1);
  const known = content.filter(
    (cue) => profile.terms.some((one) => likeness(one, cue) > 0) || profile.hints.some((one) => likeness(one, cue) >= 0.75),
  );
  const precision = content.length === 0 ? 0 : known.length / content.length;
  const against = words.some((word) => profile.against.has(stem(word))) ? 0.5 : 0;
  return Math.max(0, recall * 0.65 + precision * (recall > 0 ? 0.3 : 0.22) + hint * 0.3 - against);
}

const mains = new WeakMap<readonly string[], readonly string[]>();

/** `Sum without duty` is a sum, not a duty; `Price incl. frame` is no frame. The turning word itself stays. */
function mainWords(label: readonly string[]): readonly string[] {
  const known = mains.get(label);
  if (known !== undefined) return known;
  const turn = label.findIndex((word, index) => index > 0 && /^(?:without|excl|excluding|before|ex|incl|including|inclusive)$/.test(word));
  const main = turn < 0 ? label : label.slice(0, turn + 1);
  mains.set(label, main);
  return main;
}

/** How well the words around a value fit the property, 0 to about 1. */
export function contextFit(profile: Profile, cues: readonly Cue[]): number {
  const { recall, hint } = reach(profile, cues);
  // The word right beside the value, if the description has it too (`42 visitors`), is no accident.
  const beside = cues.some((cue) => cue.nearness > 0.85 && profile.hints.some((one) => one.kin.length === 0 && likeness(one, cue) >= 0.75))
    ? 0.2
    : 0;
  const against = cues.some((cue) => cue.nearness > 0.7 && profile.against.has(cue.stem)) ? 0.4 : 0;
  return Math.max(0, recall * 0.75 + hint * 0.25 + beside - against);
}

function reach(profile: Profile, cues: readonly Cue[]): { readonly recall: number; readonly hint: number } {
  let matched = 0;
  let whole = 0;
  for (const one of profile.terms) {
    whole += one.weight;
    matched += one.weight * bestLikeness(one, cues);
  }
  let hint = 0;
  for (const one of profile.hints) {
    const like = bestLikeness(one, cues);
    hint += like >= 0.5 ? like : like * 0.5;
  }
  return { recall: whole === 0 ? 0 : matched / whole, hint: Math.min(1, hint / 2) };
}
