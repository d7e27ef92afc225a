/** A text in which every escape stands for what it means. */
export interface Spelling {
  readonly text: string;
  /** For each place in it, the place in the text that it was read from; one more for its end. */
  readonly places: readonly number[];
  /** How something is written in its place. */
  readonly write: (text: string) => string;
}

const JSON_ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/g;
const BYTES_OF_URL = /(?:%[\da-f]{2})+/gi;
const HTML_ESCAPE = /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});/gi;
const PLUS = /\+/g;

/** The ways in which a text may be spelt, of those that it has any sign of. */
export function spellingsOf(text: string): readonly Spelling[] {
  const spellings: Spelling[] = [];
  if (text.includes("\\")) spellings.push(read(text, { escape: JSON_ESCAPE, parts: partsOfJson, write: asJson }));
  if (text.includes("%")) spellings.push(read(text, { escape: BYTES_OF_URL, parts: partsOfUrl, write: encodeURIComponent }));
  if (text.includes("&")) spellings.push(read(text, { escape: HTML_ESCAPE, parts: partsOfHtml, write: asHtml }));
  return spellings.filter((spelling) => spelling.text !== text);
}

/** A text in which a plus is a space, as in what a form sends; null where it has none. */
export function formSpellingOf(text: string): Spelling | null {
  const parts = (): readonly Part[] => [{ text: " ", length: 1 }];
  return text.includes("+") ? read(text, { escape: PLUS, parts, write: (written) => written }) : null;
}

/** What a part of an escape stands for, and how many characters it takes. */
interface Part {
  readonly text: string;
  readonly length: number;
}

interface Way {
  readonly escape: RegExp;
  readonly parts: (escape: string) => readonly Part[];
  readonly write: (text: string) => string;
}

function read(text: string, { escape, parts, write }: Way): Spelling {
  const pieces: string[] = [];
  const places: number[] = [];
  let at = 0;
  const plainUpTo = (to: number): void => {
    pieces.push(text.slice(at, to));
    for (; at < to; at++) places.push(at);
  };
  for (const found of text.matchAll(escape)) {
    plainUpTo(found.index);
    for (const part of parts(found[0])) {
      pieces.push(part.text);
      for (let unit = 0; unit < part.text.length; unit++) places.push(at + Math.min(unit, part.length - 1));
      at += part.length;
    }
  }
  plainUpTo(text.length);
  places.push(text.length);
  return { text: pieces.join(""), places, write };
}

function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function partsOfJson(escape: string): readonly Part[] {
  return [{ text: String(JSON.parse(`"${escape}"`)), length: escape.length }];
}

const SIGNS: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function asHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** What is no character stays as it is. */
function partsOfHtml(escape: string): readonly Part[] {
  const name = escape.slice(1, -1).toLowerCase();
  const sign = SIGNS[name];
  if (sign !== undefined) return [{ text: sign, length: escape.length }];
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  return [{ text: code <= 0x10_ff_ff ? String.fromCodePoint(code) : escape, length: escape.length }];
}

/** Character by character; bytes that are no text stay as they are. */
function partsOfUrl(escapes: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < escapes.length; ) {
    const lead = Number.parseInt(escapes.slice(at + 1, at + 3), 16);
    const bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const part = characterOf(escapes.slice(at, at + bytes * 3)) ?? { text: escapes.slice(at, at + 3), length: 3 };
    if (part.text.startsWith("%") && part.text.length === 3) for (const sign of part.text) parts.push({ text: sign, length: 1 });
    else parts.push(part);
    at += part.length;
  }
  return parts;
}

function characterOf(escape: string): Part | null {
  try {
    return { text: decodeURIComponent(escape), length: escape.length };
  } catch {
    return null; // it is no text
  }
}
