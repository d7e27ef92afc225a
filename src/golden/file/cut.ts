/** A part of a file's text. */
export interface Piece {
  /** Where it begins in the text. */
  readonly offset: number;
  readonly text: string;
}

/** A list of a golden that can be read item by item. */
export interface CutList {
  readonly key: string;
  /** Where its key begins. */
  readonly offset: number;
  /** Where each item begins, and where the last one ends. */
  readonly edges: readonly number[];
}

/** A golden's text in parts, in their order: its lists, and what stands before, between and after them. */
export type Cut = readonly (CutList | Piece)[];

/**
 * Where a golden's text can be cut, so that no more than one operation at a time is taken apart (which takes a hundred times
 * its text): the items of its lists begin with a dash in the third column, as they are written, and no value reaches to the
 * left of that. What looks otherwise is left in one piece.
 */
export function cutOf(text: string): Cut {
  const parts: (CutList | Piece)[] = [];
  const heads = /^(agents|operations|events):[ \t]*(?:#.*)?\n/gm;
  let read = 0;
  for (let head = heads.exec(text); head !== null; head = heads.exec(text)) {
    const edges = edgesOf(text, head.index + head[0].length);
    if (edges === null) continue;
    if (head.index > read) parts.push({ offset: read, text: text.slice(read, head.index) });
    parts.push({ key: head[1] ?? "", offset: head.index, edges });
    read = heads.lastIndex = edges.at(-1) ?? text.length;
  }
  if (read < text.length) parts.push({ offset: read, text: text.slice(read) });
  return parts;
}

/** How long the longest piece is that a cut leaves, in characters. */
export function longestOf(cut: Cut): number {
  const lengths = cut.flatMap((part) =>
    "text" in part ? [part.text.length] : part.edges.slice(1).map((edge, index) => edge - (part.edges[index] ?? 0)),
  );
  return lengths.reduce((longest, length) => Math.max(longest, length), 0);
}

/** Where the items of a list begin, and where it ends; null where they do not stand in the third column. */
function edgesOf(text: string, begins: number): readonly number[] | null {
  const ends = firstAt(text, /^[^\s#]/gm, begins) ?? text.length;
  const edges: number[] = [];
  const dashes = /^ {2}-(?=[ \n])/gm;
  dashes.lastIndex = begins;
  for (let dash = dashes.exec(text); dash !== null && dash.index < ends; dash = dashes.exec(text)) edges.push(dash.index);
  if (edges.length === 0 || firstAt(text, /^[ \t]*[^\s#]/gm, begins) !== edges[0]) return null;
  return [...edges, ends];
}

function firstAt(text: string, pattern: RegExp, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? null;
}
