/** Where a quotation stands in a text, in UTF-16 units, and what the text says there. */
export interface FoundQuote {
  readonly start: number;
  readonly end: number;
  /** The text's own letters, whatever the quotation made of its line breaks and signs. */
  readonly quote: string;
}

/** Signs that are written in several ways; a model seldom keeps to the way of its source. */
const SIGNS: Readonly<Record<string, string>> = {
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "‘": "'",
  "’": "'",
  "‚": "'",
  "′": "'",
  "–": "-",
  "—": "-",
  "‑": "-",
  "−": "-",
}; // prettier-ignore

/** Letters of scripts that part words by spaces: a quotation must not begin or end within one of their words. */
const WORD = /^[\p{L}\p{N}]$/u;
const UNPARTED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]$/u;

/**
 * Looks for a quotation in a text, letter by letter; white space counts as white space, and quotation marks and dashes as one another. It
 * must begin and end with a word. Null where it is not there, and for one without a letter or digit.
 *
 * That a text says these words does not mean that it bears out what they are quoted for.
 *
 * @example
 * ```ts
 * import { findQuote } from "flujo/recipes";
 *
 * const text = "The moon\npulls the “spring” tide.";
 * console.log(findQuote(text, 'moon pulls the "spring" tide')?.start, findQuote(text, "sun pulls")); // 4 null
 * ```
 */
export function findQuote(text: string, quote: string): FoundQuote | null {
  const wanted = plain(withoutEllipses(quote)).letters.trim();
  if (!/[\p{L}\p{N}]/u.test(wanted)) return null;
  const { letters, places } = plain(text);
  for (let at = letters.indexOf(wanted); at >= 0; at = letters.indexOf(wanted, at + 1)) {
    const past = at + wanted.length;
    if (isWithinWord(letters, at) || isWithinWord(letters, past)) continue;
    const start = places[at] ?? 0;
    const end = (places[past - 1] ?? start) + 1;
    return { start, end, quote: text.slice(start, end) };
  }
  return null;
}

/** A quotation may be marked as one that goes on before and after. */
function withoutEllipses(quote: string): string {
  return quote
    .trim()
    .replace(/^(?:…|\.\.\.)\s*/, "")
    .replace(/\s*(?:…|\.\.\.)$/, "");
}

/** The letters by which two texts are compared, and where in the text each of them stands. */
function plain(text: string): { readonly letters: string; readonly places: readonly number[] } {
  let letters = "";
  const places: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (/\s/.test(sign)) {
      if (letters.endsWith(" ")) continue;
      letters += " ";
    } else letters += SIGNS[sign] ?? sign;
    places.push(at);
  }
  return { letters, places };
}

/** Whether both sides of the place belong to one word. A sign beyond the first 65,536 takes two places. */
function isWithinWord(letters: string, at: number): boolean {
  const before = letters.codePointAt(at - 2) ?? 0;
  const sides = [String.fromCodePoint(before > 0xff_ff ? before : (letters.codePointAt(at - 1) ?? 32)), letterAt(letters, at)];
  return sides.every((sign) => WORD.test(sign) && !UNPARTED.test(sign));
}

function letterAt(letters: string, at: number): string {
  return String.fromCodePoint(letters.codePointAt(at) ?? 32);
}
