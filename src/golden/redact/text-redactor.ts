import { isCardNumber, numberOfStandIn } from "./card-numbers.ts";
import { type Needle, Needles } from "./needles.ts";
import { type Packed, packedIn } from "./packed-text.ts";
import { PATTERNS, type Pattern } from "./patterns.ts";
import { isBeginning, type Origin, placeholderFinder, placeholderName } from "./placeholder-forms.ts";
import type { Placeholders } from "./placeholders.ts";
import { joined, type Range, rangesOver } from "./range.ts";
import type { PatternName, Redaction, RedactionRule } from "./redaction.ts";
import { formSpellingOf, type Spelling, spellingsOf } from "./spellings.ts";

/** What is looked for in one walk, and what the walk finds out. */
export interface Search {
  readonly needles: readonly Needle[];
  readonly placeholders: Placeholders;
  /** Told of what must be looked for everywhere, since it was found where only its place tells what it is. */
  readonly learn: (needle: Needle) => void;
  /** Told of placeholders that stand there already, as `family:number`. */
  readonly meet: (placeholder: string) => void;
}

/** How a text is looked at. */
export interface Look {
  /** Whether it is a name or a path, in which there are no brackets. Default: false. */
  readonly isName?: boolean;
  /** Whether what fields held is looked for, which may be any word. Default: true. */
  readonly words?: boolean;
  /** Whether the placeholders in it stood there before, rather than come from what was replaced in it. Default: true. */
  readonly meets?: boolean;
}

/** A part of a text, and what comes in its place. */
interface Finding extends Range {
  /** Asked only of what is replaced in the end, so that nothing else takes a number. */
  readonly instead: () => string;
}

/** How a text is looked at that may have been packed in another. */
interface InnerLook extends Required<Look> {
  /** How many packages it was taken out of. */
  readonly depth: number;
  /** Whether it is text: of other bytes only what is known is looked for. */
  readonly isText: boolean;
}

/** Nobody packs deeper; and each level takes time. */
const DEEPEST = 4;
/** What was found by its place is looked for elsewhere from this length on. */
const SHORTEST_LEARNT = 6;
/** Longer ones are found by what stands around them, or not at all: a text may be full of them. */
const LONGEST_LEARNT = 256;
/** No text that is shorter holds anything. */
const SHORTEST = 4;

/** Replaces what must not be seen in one text. */
export class TextRedactor {
  readonly #search: Search;
  readonly #needles: Needles;
  readonly #hasSpaces: boolean;
  readonly #patterns: readonly Pattern[];
  readonly #rules: readonly RedactionRule[];
  readonly #standing: ReturnType<typeof placeholderFinder>;
  readonly #done = new Map<string, string>();

  constructor(rules: Redaction, search: Search) {
    this.#search = search;
    this.#needles = new Needles(search.needles);
    this.#hasSpaces = search.needles.some(({ text }) => text.includes(" "));
    this.#patterns = Object.entries(PATTERNS).flatMap(([name, pattern]) =>
      rules.patterns?.[name as PatternName] === false ? [] : [pattern],
    );
    this.#rules = (rules.rules ?? []).map(({ name, pattern }) => ({ name: placeholderName(name), pattern }));
    this.#standing = placeholderFinder(this.#rules.map(({ name }) => name));
  }

  /** The text itself where there is nothing to replace. */
  redact(text: string, { isName = false, words = true, meets = true }: Look = {}): string {
    if (text.length < SHORTEST) return text;
    const key = `${isName ? "n" : "t"}${words ? "w" : "-"}${meets ? "m" : "-"}${text}`;
    let redacted = this.#done.get(key);
    if (redacted === undefined) {
      redacted = this.#redact(text, { isName, words, meets, depth: 0, isText: true });
      this.#done.set(key, redacted);
    }
    return redacted;
  }

  /** The same of what bytes say; those that are no text are looked through for what is known. */
  redactUnpacked(text: string, isText: boolean): string {
    return this.#redact(text, { isName: false, words: true, meets: true, depth: 0, isText });
  }

  /** What stands for all of what a sensitive field holds. */
  placeholderOf(text: string): string {
    return this.#search.placeholders.of(text, { isField: true });
  }

  /** Whether a text is nothing but a placeholder, which then keeps its number. */
  isPlaceholder(text: string): boolean {
    const card = isCardNumber(text) ? numberOfStandIn(text) : null;
    if (card !== null) this.#search.meet(`card:${card}`);
    const [standing] = this.#standing(text, false);
    if (standing === undefined || standing.to !== text.length) return card !== null;
    if (standing.from > 0 && !isBeginning(text.slice(0, standing.from))) return false;
    this.#search.meet(`${standing.family}:${standing.number}`);
    return true;
  }

  #redact(text: string, look: InnerLook): string {
    return replaced(text, this.#findIn(text, look).found);
  }

  #findIn(text: string, look: InnerLook): Seen {
    const standing: Range[] = [];
    for (const { from, to, family, number } of this.#standing(text, look.isName)) {
      if (look.meets) this.#search.meet(`${family}:${number}`);
      standing.push({ from, to });
    }
    const found = [...this.#findKnown(text, look)];
    if (look.isText) {
      found.push(...this.#findByRules(text, look));
      for (const spelling of look.depth < DEEPEST ? this.#spellingsOf(text) : []) {
        const spelt = this.#findSpelt(spelling, look);
        found.push(...spelt.found);
        standing.push(...spelt.standing);
      }
      for (const packed of look.depth < DEEPEST ? packedIn(text) : []) {
        const inside = this.#findPacked(packed, look);
        found.push(...inside.found);
        standing.push(...inside.standing);
      }
    }
    return { found: this.#apart(text, this.#free(text, { found, standing, look }), look), standing };
  }

  /** What was found beside the placeholders that stand there: of what only touches one, the rest. */
  #free(text: string, { found, standing, look }: Seen & { readonly look: InnerLook }): readonly Finding[] {
    if (standing.length === 0 || found.length === 0) return found;
    const apart = joined(standing);
    return found.flatMap((finding) => {
      const within = rangesOver(finding, apart);
      if (within.length === 0) return [finding];
      const rest: Finding[] = [];
      let from = finding.from;
      for (const range of [...within, { from: finding.to, to: finding.to }]) {
        const part = text.slice(from, range.from);
        if (part.length >= SHORTEST && !isBeginning(part) && !this.isPlaceholder(part)) {
          rest.push({ from, to: range.from, instead: () => this.#insteadOf(part, { look }) });
        }
        from = Math.max(from, range.to);
      }
      return rest;
    });
  }

  #findKnown(text: string, look: InnerLook): readonly Finding[] {
    return this.#needles.findIn(text).flatMap(({ from, to, needle }) => {
      if (needle.isWord && !look.words) return [];
      const found = { ...needle.origin, known: needle.text, look };
      return [{ from, to, instead: () => needle.instead ?? this.#insteadOf(text.slice(from, to), found) }];
    });
  }

  #findByRules(text: string, look: InnerLook): readonly Finding[] {
    const found: Finding[] = [];
    for (const { name, pattern } of this.#rules) {
      for (const range of rangesOf(text, pattern)) found.push(this.#findingAt(text, range, { rule: name, isByContext: true, look }));
    }
    for (const { find, isByContext = false } of this.#patterns) {
      for (const range of find(text)) {
        const part = text.slice(range.from, range.to);
        const number = isCardNumber(part) ? numberOfStandIn(part) : null;
        if (number === null) found.push(this.#findingAt(text, range, { isByContext, look }));
        else if (look.meets) this.#search.meet(`card:${number}`);
      }
    }
    return found;
  }

  #findingAt(text: string, range: Range, found: Found): Finding {
    const part = text.slice(range.from, range.to);
    if (found.isByContext && part.length >= SHORTEST_LEARNT && part.length <= LONGEST_LEARNT && (part.length >= 12 || /\d/.test(part))) {
      this.#search.learn({ text: part, isWord: true, origin: found.rule === undefined ? {} : { rule: found.rule } });
    }
    return { from: range.from, to: range.to, instead: () => this.#insteadOf(part, found) };
  }

  #insteadOf(part: string, { known, look, ...origin }: Found): string {
    const written = this.#search.placeholders.of(part, origin, known);
    return look.isName ? written.replaceAll(/[[\]]/g, "") : written;
  }

  #spellingsOf(text: string): readonly Spelling[] {
    const form = this.#hasSpaces ? formSpellingOf(text) : null;
    return form === null ? spellingsOf(text) : [...spellingsOf(text), form];
  }

  #findSpelt({ text, places, write }: Spelling, look: InnerLook): Seen {
    const { found, standing } = this.#findIn(text, { ...look, depth: look.depth + 1 });
    const placed = ({ from, to }: Range): Range => ({ from: places[from] ?? 0, to: places[to] ?? 0 });
    return {
      found: found.map((finding) => ({ ...placed(finding), instead: () => write(finding.instead()) })),
      standing: standing.map(placed),
    };
  }

  /** What is packed is replaced as a whole. One in which only placeholders stand is one: its letters mean nothing else. */
  #findPacked(packed: Packed, look: InnerLook): Seen {
    const { from, to, pack, text, isText } = packed;
    const { found, standing } = this.#findIn(text, { ...look, isName: false, depth: look.depth + 1, isText });
    if (found.length === 0) return { found, standing: isText && standing.length > 0 ? [{ from, to }] : [] };
    return { found: [{ from, to, instead: () => pack(replaced(text, found)) }], standing: [] };
  }

  /** In their order, none over another: of those that begin at one place, the longest; what overlaps becomes one. */
  #apart(text: string, found: readonly Finding[], look: InnerLook): readonly Finding[] {
    if (found.length < 2) return found;
    const apart: { from: number; to: number; instead: (() => string) | null }[] = [];
    for (const finding of [...found].sort((a, b) => a.from - b.from || b.to - a.to)) {
      const last = apart.at(-1);
      if (last === undefined || finding.from >= last.to) apart.push({ ...finding });
      else if (finding.to > last.to) {
        last.to = finding.to;
        last.instead = null;
      }
    }
    return apart.map(({ from, to, instead }) => ({
      from,
      to,
      instead: instead ?? (() => this.#insteadOf(text.slice(from, to), { look })),
    }));
  }
}

/** What is in a text: what must be replaced, and the placeholders that stand there. */
interface Seen {
  readonly found: readonly Finding[];
  readonly standing: readonly Range[];
}

/** What is known of a part that was found. */
interface Found extends Origin {
  readonly look: InnerLook;
  readonly isByContext?: boolean;
  /** The value it is another spelling of. */
  readonly known?: string;
}

function replaced(text: string, findings: readonly Finding[]): string {
  if (findings.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { from, to, instead } of findings) {
    pieces.push(text.slice(at, from), instead());
    at = to;
  }
  return pieces.join("") + text.slice(at);
}

/** What a rule of the user's finds, as far as it makes sense. */
function rangesOf(text: string, pattern: RedactionRule["pattern"]): readonly Range[] {
  if (pattern instanceof RegExp) {
    const everywhere = pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
    return [...text.matchAll(everywhere)].flatMap(({ index, 0: { length } }) =>
      length === 0 ? [] : [{ from: index, to: index + length }],
    );
  }
  return givenRanges(text, pattern).flatMap(([from, to]) =>
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= text.length ? [{ from, to }] : [],
  );
}

function givenRanges(text: string, pattern: Exclude<RedactionRule["pattern"], RegExp>): readonly (readonly [number, number])[] {
  try {
    return pattern(text);
  } catch {
    return []; // so it is documented: a rule cannot keep a golden from being written
  }
}
