/** A text that can be quoted, and where in its document it stands. */
export interface QuotableText {
  /** The name of the document. */
  readonly document: string;
  readonly text: string;
  /** Where in the document it begins, in UTF-16 units. */
  readonly start: number;
  /** On which line of the document it begins, from 1. */
  readonly line: number;
}

/** A place in a document that bears a claim out. */
export interface Citation {
  /** The name of the document. */
  readonly document: string;
  /** What the document says there, letter by letter. */
  readonly quote: string;
  /** Where in the document that begins, in UTF-16 units, and where it has ended. */
  readonly start: number;
  readonly end: number;
  /** On which line it begins, from 1. */
  readonly line: number;
}

/** Something that is said, and where it is taken from: at least one place. */
export interface Claim {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** Something that was said and is left out, since no source bears it out. */
export interface UnfoundedClaim {
  readonly text: string;
  /** What was quoted for it, and is not there; null where nothing was. */
  readonly quote: string | null;
  /** The document that was to say so; null where none was named. */
  readonly document: string | null;
}

/** Claims written out, with their sources under numbers. */
export interface CitedText {
  /** The claims, one a line, each with the numbers of its sources: `Tides rise. [1][3]`. */
  readonly text: string;
  readonly claims: readonly Claim[];
  /** What the numbers stand for: `[1]` is the first. */
  readonly sources: readonly Citation[];
}

/** A place in a piece of a document as a place in the whole. */
export function citationOf(
  { document, text, start, line }: QuotableText,
  found: { readonly start: number; readonly end: number; readonly quote: string },
): Citation {
  return {
    document,
    quote: found.quote,
    start: start + found.start,
    end: start + found.end,
    line: line + linesIn(text.slice(0, found.start)),
  };
}

/** How many lines end in a text. */
export function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

/** The claims as a text that says where each is taken from. */
export function citedTextOf(claims: readonly Claim[]): CitedText {
  const sources: Citation[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (citation: Citation): number => {
    const place = JSON.stringify([citation.document, citation.start, citation.end]);
    const known = numbers.get(place) ?? sources.push(citation);
    numbers.set(place, known);
    return known;
  };
  const lines = claims.map(
    ({ text, citations }) => `${text} ${[...new Set(citations.map(numberOf))].map((number) => `[${number}]`).join("")}`,
  );
  return { text: lines.join("\n"), claims, sources };
}
