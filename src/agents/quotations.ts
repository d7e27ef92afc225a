/** A run of this many letters that was also sent is a quotation; shorter ones are words that any message may hold. */
const QUOTATION = 16;
/** The same in scripts in which a letter is a syllable or a word. */
const DENSE_QUOTATION = 6;
/** A text sent as a whole is recognised from this many letters on. */
const SHORTEST_SENT = 6;

const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]{6,}/gu;

/**
 * A message with `[sent]` in place of what it quotes of the texts that were sent. Letters and digits are compared, so that
 * a quotation is known however it is spelt: with escapes of JSON (once or twice) or of a URL, entities of HTML, other spaces, other case.
 * A run of 16 letters counts, of 6 in Chinese, Japanese, Korean and Thai, and the whole of a text from 6 letters on; of a
 * quotation whose end is altered, fewer letters than that may stay.
 *
 * @param instead - What stands in place of a quotation. Default: `[sent]`.
 */
export function hideQuotations(message: string, sent: readonly string[], instead = "[sent]"): string {
  const said = spell(message);
  if (said.letters.length < SHORTEST_SENT) return message;
  const quoted = new Uint32Array(said.letters.length);
  for (const [index, text] of sent.entries()) {
    const letters = lettersOf(text);
    if (letters.length < SHORTEST_SENT) continue;
    const marking = { letters, quoted, mark: index + 1 };
    markWhole(said.letters, marking);
    markRuns(said.letters, { ...marking, from: 0, to: said.letters.length, least: QUOTATION });
    for (const dense of said.letters.matchAll(DENSE)) {
      const to = dense.index + dense[0].length;
      markRuns(said.letters, { ...marking, from: dense.index, to, least: DENSE_QUOTATION });
    }
  }
  return replaceMarked(message, { said, quoted, instead });
}

interface Spelt {
  /** Letters and digits alone, in lower case. */
  readonly letters: string;
  /** For each unit of `letters`, where in the message it begins and ends. */
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What letters may look like: an escape of JSON, an entity, bytes in a URL, or themselves. */
const SPELLING =
  /((?:%[0-9a-f]{2})+)|\\+u([0-9a-f]{4})|\\+[nrtbf]|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(?:quot|amp|lt|gt|apos|nbsp);|([\p{L}\p{N}\p{M}]+)/giu;

function spell(text: string): Spelt {
  let letters = "";
  const from: number[] = [];
  const to: number[] = [];
  for (const found of text.matchAll(SPELLING)) {
    const [whole, bytes, escaped, hex, decimal, plain] = found;
    const isPlain = plain !== undefined;
    const spelt = plain ?? (bytes === undefined ? codeOf(escaped ?? hex, decimal) : lettersOfBytes(bytes));
    for (let at = 0; at < spelt.length; at++) {
      const lower = spelt.charAt(at).toLowerCase();
      for (let unit = 0; unit < lower.length; unit++) {
        from.push(found.index + (isPlain ? at : 0));
        to.push(found.index + (isPlain ? at + 1 : whole.length));
      }
      letters += lower;
    }
  }
  return { letters, from, to };
}

/** The letters of {@link spell} alone, which is what a long text needs. */
function lettersOf(text: string): string {
  const plain = text.normalize("NFC");
  const read = /[\\&%]/.test(plain) ? spell(plain).letters : plain.replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
  return read.length === plain.length && read === plain.toLowerCase() ? read : lowerByLetter(read);
}

/** Letter by letter, as {@link spell} does it: some letters have another lower case at the end of a word. */
function lowerByLetter(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes("ς") || lower.length !== text.length
    ? Array.from({ length: text.length }, (_, at) => text.charAt(at).toLowerCase()).join("")
    : lower;
}

/** Of what stands in a URL as bytes; nothing where these are no text. */
function lettersOfBytes(bytes: string): string {
  const text = Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8");
  return text.normalize("NFC").replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
}

function codeOf(hex: string | undefined, decimal: string | undefined): string {
  const code = hex !== undefined ? Number.parseInt(hex, 16) : decimal === undefined ? Number.NaN : Number(decimal);
  if (!Number.isInteger(code) || code > 0x10ffff) return "";
  const letter = String.fromCodePoint(code);
  return /[\p{L}\p{N}\p{M}\p{Cs}]/u.test(letter) ? letter : "";
}

interface Marking {
  /** Of one text that was sent. */
  readonly letters: string;
  /** For each unit of the message's letters, the text that it is quoted from; 0 where it is not. */
  readonly quoted: Uint32Array;
  readonly mark: number;
}

function markWhole(said: string, { letters, quoted, mark }: Marking): void {
  if (letters.length > said.length) return;
  for (let at = said.indexOf(letters); at >= 0; at = said.indexOf(letters, at + letters.length)) quoted.fill(mark, at, at + letters.length);
}

interface RunMarking extends Marking {
  readonly from: number;
  readonly to: number;
  readonly least: number;
}

/**
 * Marks what stands in both for `least` letters or more. Any such run holds a whole block of half that length that begins at
 * a multiple of it: so one look for each block finds all, however long the text is that was sent.
 */
function markRuns(said: string, { letters, quoted, mark, from, to, least }: RunMarking): void {
  const block = least / 2;
  for (let at = from; at + block <= to; at += block) {
    if (!letters.includes(said.slice(at, at + block))) continue;
    for (let start = Math.max(from, at - block); start <= at && start + least <= to; start++) {
      if (!letters.includes(said.slice(start, start + least))) continue;
      let end = start + least;
      while (end < to && letters.includes(said.slice(start, end + 1))) end++;
      quoted.fill(mark, start, end);
    }
  }
}

function replaceMarked(
  message: string,
  { said, quoted, instead }: { readonly said: Spelt; readonly quoted: Uint32Array; readonly instead: string },
): string {
  let shown = "";
  let told = 0;
  for (let at = 0; at < quoted.length; at++) {
    const mark = quoted[at];
    if (mark === 0) continue;
    const start = said.from[at] ?? 0;
    while (at + 1 < quoted.length && quoted[at + 1] === mark) at++;
    shown += `${message.slice(told, Math.max(told, start))}${instead}`;
    told = Math.max(told, said.to[at] ?? 0);
  }
  return shown + message.slice(told);
}
