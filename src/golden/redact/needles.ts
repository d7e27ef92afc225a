import type { Origin } from "./placeholder-forms.ts";
import type { Range } from "./range.ts";

/** A text that is looked for. */
export interface Needle {
  readonly text: string;
  /** Whether it counts only as it is and as a word of its own: it may be a word that anybody uses. Otherwise upper and lower case are the same. */
  readonly isWord: boolean;
  /** Where it is known from, as far as its placeholder depends on it. */
  readonly origin?: Origin;
  /** What always stands in its place; left out, its placeholder. */
  readonly instead?: string;
}

/** Where a needle was found. */
export interface NeedleRange extends Range {
  readonly needle: Needle;
}

interface Node {
  readonly next: Map<number, Node>;
  /** Where the search goes on when no further character fits: the longest end of this that some needle begins with. */
  fallback: Node | null;
  /** The needles that end here, and after them those of `shorter`. */
  readonly needles: Needle[];
  shorter: Node | null;
  readonly depth: number;
}

const newNode = (depth: number): Node => ({ next: new Map(), fallback: null, needles: [], shorter: null, depth });

/** Finds any number of texts in one look at another (Aho and Corasick): its time does not grow with how many they are. */
export class Needles {
  readonly #root = newNode(0);
  readonly isEmpty: boolean;

  constructor(needles: Iterable<Needle>) {
    for (const needle of needles) if (needle.text !== "") this.#add(needle);
    this.isEmpty = this.#root.next.size === 0;
    this.#link();
  }

  #add(needle: Needle): void {
    let node = this.#root;
    for (let at = 0; at < needle.text.length; at++) {
      const unit = folded(needle.text.charCodeAt(at));
      let next = node.next.get(unit);
      if (next === undefined) {
        next = newNode(at + 1);
        node.next.set(unit, next);
      }
      node = next;
    }
    node.needles.push(needle);
  }

  #link(): void {
    const queue: Node[] = [this.#root];
    for (const node of queue) {
      for (const [unit, next] of node.next) {
        next.fallback = node === this.#root ? this.#root : this.#after(node.fallback ?? this.#root, unit);
        next.shorter = next.fallback.needles.length > 0 ? next.fallback : next.fallback.shorter;
        queue.push(next);
      }
    }
  }

  #after(from: Node, unit: number): Node {
    let node = from;
    for (;;) {
      const next = node.next.get(unit);
      if (next !== undefined) return next;
      if (node.fallback === null) return this.#root;
      node = node.fallback;
    }
  }

  /** Of those that end at the same place, the longest. */
  findIn(text: string): readonly NeedleRange[] {
    const found: NeedleRange[] = [];
    if (this.isEmpty) return found;
    let node = this.#root;
    for (let at = 0; at < text.length; at++) {
      node = this.#after(node, folded(text.charCodeAt(at)));
      if (node.needles.length === 0 && node.shorter === null) continue;
      const range = longestEnding(node, { text, to: at + 1 });
      if (range !== null) found.push(range);
    }
    return found;
  }
}

function longestEnding(from: Node, { text, to }: { readonly text: string; readonly to: number }): NeedleRange | null {
  for (let node: Node | null = from; node !== null; node = node.shorter) {
    const range = { from: to - node.depth, to };
    const needle = node.needles.find((each) => !each.isWord || isWordAt(each, text, range));
    if (needle !== undefined) return { ...range, needle };
  }
  return null;
}

function isWordAt(needle: Needle, text: string, { from, to }: Range): boolean {
  return text.slice(from, to) === needle.text && !joins(text, from) && !joins(text, to);
}

const LETTER = /[\p{L}\p{N}]/u;

/** Whether a place is in the middle of a word or a number. */
function joins(text: string, at: number): boolean {
  return at > 0 && at < text.length && LETTER.test(text.charAt(at - 1)) && LETTER.test(text.charAt(at));
}

/** A character in lower case, if that is one character too. */
function folded(unit: number): number {
  if (unit < 128) return unit >= 65 && unit <= 90 ? unit + 32 : unit;
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}

/** A text as it is compared where upper and lower case are the same. */
export function foldedText(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) out += String.fromCharCode(folded(text.charCodeAt(at)));
  return out;
}
