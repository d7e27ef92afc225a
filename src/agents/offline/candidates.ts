// Which places of the text could fill a property, and how much speaks for each.
import type { Entity } from "./entities.ts";
import { kinOf } from "./kin.ts";
import { beginsSentence } from "./names.ts";
import type { Cue, Profile } from "./profile.ts";
import { contextFit, labelFit } from "./profile.ts";
import type { Source } from "./source.ts";
import { itemAt } from "./source.ts";
import { root, stem } from "./stems.ts";
import type { Block, Field } from "./text-shape.ts";
import { tokenize } from "./words.ts";

/** A place of the text, and how much speaks for it. 0 is nothing, 0.35 a hint, 0.7 and more a clear word. */
export interface Candidate {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** Set where the place holds a value of known shape. */
  readonly entity: Entity | null;
}

const BEFORE = 7;
const AFTER = 4;
/** No value is longer than this, in characters. */
const LONGEST = 1_000;

const around = new WeakMap<Entity, readonly Cue[]>();

/** The words around an entity, worked out once for all properties that look at it. */
function cuesAround(source: Source, entity: Entity): readonly Cue[] {
  const known = around.get(entity);
  if (known !== undefined) return known;
  const cues = cuesBeside(source, entity);
  around.set(entity, cues);
  return cues;
}

/** The words around a place, on its own line, and those of a name itself: those near count more, and those before more than those after. */
function cuesBeside(source: Source, entity: Entity): readonly Cue[] {
  const { start, end } = entity;
  const cues: Cue[] = [];
  const line = source.lines[itemAt(source.lines, start)];
  const lineStart = line?.start ?? 0;
  const lineEnd = lineStart + (line?.text.length ?? 0);
  const first = itemAt(source.tokens, start - 1);
  for (let back = 0; back < BEFORE; back++) {
    const token = source.tokens[first - back];
    if (token === undefined || token.start < lineStart) break;
    if (token.end > start) continue;
    cues.push(cueOf(token.lower, nearness(source.text.slice(token.end, start), back)));
  }
  // A single word that begins a sentence has its capital letter from there.
  const proper = entity.kind === "name" && (entity.text.includes(" ") || !beginsSentence(source.text, start));
  for (const token of tokenize(proper ? entity.text : "")) cues.push(cueOf(token.lower, 0.9));
  const next = itemAt(source.tokens, end - 1) + 1;
  for (let ahead = 0; ahead < AFTER; ahead++) {
    const token = source.tokens[next + ahead];
    if (token === undefined || token.end > lineEnd) break;
    cues.push(cueOf(token.lower, 0.95 * nearness(source.text.slice(end, token.start), ahead)));
  }
  return cues;
}

/** Distance dims a word, and so does each border of a clause in between. */
function nearness(between: string, steps: number): number {
  const borders = (between.match(/[,;()]|\.(?=\s)/g) ?? []).length;
  return 0.88 ** steps * 0.7 ** Math.min(3, borders);
}

function cueOf(word: string, near: number): Cue {
  return { stem: stem(word), root: root(word), kin: kinOf(word), nearness: near };
}

/** The label whose value holds the place. */
export function fieldAt(source: Source, start: number): Field | undefined {
  const field = source.fields[itemAt(source.fields, start)];
  return field !== undefined && start < field.start + field.value.length ? field : undefined;
}

/** A short line right below a labelled one goes on with its value: an address below a name. */
function fieldAbove(source: Source, start: number): Field | undefined {
  const at = itemAt(source.lines, start);
  for (let index = at; index > at - 3 && index > 0; index--) {
    const [line, above] = [source.lines[index], source.lines[index - 1]];
    if (line === undefined || above === undefined || above.blank || line.bullet || line.text.length > 60 || /[.!?]$|: /.test(line.text))
      return undefined;
    const field = source.fields[itemAt(source.fields, above.start + above.text.length)];
    if (field !== undefined && field.start > above.start) return field;
  }
  return undefined;
}

/** The headed block that holds the place. */
export function blockAt(source: Source, start: number): Block | undefined {
  const block = source.blocks[itemAt(source.blocks, start)];
  const last = block?.lines[block.lines.length - 1];
  return last !== undefined && start < last.start + last.text.length + 1 ? block : undefined;
}

/** How much the surroundings of a place speak for the property. */
function placeFit(profile: Profile, source: Source, place: Entity): number {
  const field = fieldAt(source, place.start);
  const above = field === undefined ? fieldAbove(source, place.start) : undefined;
  const byLabel = field !== undefined ? labelFit(profile, field.words) : above !== undefined ? 0.75 * labelFit(profile, above.words) : 0;
  const beside = contextFit(profile, cuesAround(source, place));
  const block = blockAt(source, place.start);
  const byBlock = block === undefined ? 0 : labelFit(profile, block.words);
  return Math.max(byLabel, beside) + 0.15 * Math.min(byLabel, beside) + 0.25 * byBlock;
}

/** Values of known shape, each with what speaks for it. */
export function entityCandidates(profile: Profile, source: Source, wanted: (entity: Entity) => number | null): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const entity of source.entities) {
    const prior = wanted(entity);
    if (prior === null) continue;
    const fit = placeFit(profile, source, entity);
    found.push({ text: entity.text, start: entity.start, end: entity.end, score: fit + prior, entity });
  }
  return found;
}

/** The values of labels that fit. */
export function fieldCandidates(profile: Profile, source: Source): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const field of source.fields.slice(0, 3_000)) {
    const score = labelFit(profile, field.words);
    if (score > 0)
      found.push({ text: field.value.slice(0, LONGEST), start: field.start, end: field.start + field.value.length, score, entity: null });
  }
  return found;
}

/** The first lines below headings that fit. */
export function blockCandidates(profile: Profile, source: Source): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const block of source.blocks.slice(0, 1_000)) {
    const first = block.lines[0];
    const score = labelFit(profile, block.words) * (block.colon || block.words.length === 1 ? 0.95 : 0.7);
    // Bullets below a heading are many things, not the one that is asked for.
    if (first !== undefined && score > 0 && !first.bullet)
      found.push({ text: first.text.slice(0, LONGEST), start: first.start, end: first.start + first.text.length, score, entity: null });
  }
  return found;
}
