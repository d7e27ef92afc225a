import { invalid, wholeNumber } from "./invalid.ts";

/** How a text is cut into pieces. */
export interface SplitOptions {
  /** How many characters a piece has at most, at least 20. @defaultValue `6_000`, about 1,500 tokens of English */
  readonly maxCharacters?: number;
  /**
   * How many characters of a piece the next one begins with again, at most half of `maxCharacters`: what stands across a cut is whole in
   * one of the two. Too many: much is read twice. @defaultValue `0`
   */
  readonly overlap?: number;
}

/** A piece of a text. */
export interface TextPiece {
  /** Its letters: `text.slice(start, end)`. */
  readonly text: string;
  /** Where in the whole text it begins, in UTF-16 units, and where it has ended. */
  readonly start: number;
  readonly end: number;
}

/** The same with everything said. */
export type SplitSize = Required<SplitOptions>;

/**
 * The options with their defaults.
 *
 * @throws {FlujoError} `pipeline_invalid`
 */
export function splitSizeOf(at: string, { maxCharacters = 6_000, overlap = 0 }: SplitOptions): SplitSize {
  wholeNumber(`${at}, maxCharacters`, maxCharacters, { least: 20 });
  wholeNumber(`${at}, overlap`, overlap, { least: 0 });
  if (overlap > maxCharacters / 2)
    throw invalid(`${at}, overlap`, `it is ${overlap} of ${maxCharacters} characters`, "Give half of `maxCharacters` at most.");
  return { maxCharacters, overlap };
}

/** What a piece ends at, the best first: an empty line, a line, a sentence, a word. */
const ENDS = [/\n[ \t]*\n/g, /\n/g, /[.!?…]["'”’)\]]*\s|[。！？]/g, /\s/g] as const;

/** A piece that would be shorter than this share of what it may be is no good end. */
const LEAST_SHARE = 0.25;

/**
 * Cuts a text into pieces of at most so many characters: between paragraphs where it can, else between lines, sentences, words, and only
 * then within one. All of the text but white space at the edges of pieces is in one of them, and no character is cut in two.
 *
 * @throws {FlujoError} `pipeline_invalid` for sizes that make no sense.
 *
 * @example
 * ```ts
 * import { splitText } from "flujo/recipes";
 *
 * const pieces = splitText("The moon pulls.\n\nThe sea rises. It falls.", { maxCharacters: 20 });
 * console.log(pieces.map(({ text, start }) => `${start}: ${text}`)); // [ '0: The moon pulls.', '17: The sea rises.', '32: It falls.' ]
 * ```
 */
export function splitText(text: string, options: SplitOptions = {}): readonly TextPiece[] {
  const { maxCharacters, overlap } = splitSizeOf("splitText()", options);
  const pieces: TextPiece[] = [];
  let from = 0;
  for (;;) {
    const start = from + blanksAt(text.slice(from), "start");
    if (start >= text.length) return pieces;
    const cut = text.length - start <= maxCharacters ? text.length : cutOf(text, start, maxCharacters);
    const end = cut - blanksAt(text.slice(start, cut), "end");
    pieces.push({ text: text.slice(start, end), start, end });
    if (cut >= text.length) return pieces;
    from = Math.max(start + 1, overlap === 0 ? cut : againFrom(text, { start, cut, overlap }));
  }
}

function blanksAt(text: string, edge: "start" | "end"): number {
  return text.length - (edge === "start" ? text.trimStart() : text.trimEnd()).length;
}

/** Where the piece that begins at `start` ends, of a text that is longer. */
function cutOf(text: string, start: number, most: number): number {
  const window = text.slice(start, start + most + 1); // one more: what ends right there is a whole word
  const least = most * LEAST_SHARE;
  for (const end of ENDS) {
    let last = -1;
    for (const { index, 0: found } of window.matchAll(end)) {
      const at = index + (/\s$/.test(found) ? found.trimEnd().length : found.length);
      if (at >= least && at <= most) last = at;
    }
    if (last > 0) return start + last;
  }
  return start + most - (isWithinCharacter(text, start + most) ? 1 : 0);
}

/** Where the next piece begins that repeats the end of this one: at a word. */
function againFrom(
  text: string,
  { start, cut, overlap }: { readonly start: number; readonly cut: number; readonly overlap: number },
): number {
  const wanted = Math.max(start + 1, cut - overlap);
  const word = /\s\S/.exec(text.slice(wanted - 1, cut));
  if (word !== null) return wanted + word.index;
  return wanted + (isWithinCharacter(text, wanted) ? 1 : 0);
}

/** Whether a cut there would part the two halves of one character. */
function isWithinCharacter(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF]$/.test(text.charAt(at - 1)) && /^[\uDC00-\uDFFF]$/.test(text.charAt(at));
}
