/** A part of a file's text. */
export interface Piece {
  /** Where it begins in the text. */
  readonly offset: number;
  readonly text: string;
}

/** A golden's text in pieces that can be read one after the other. */
export interface Cut {
  /** What stands before the operations, and after them. */
  readonly outside: readonly Piece[];
  /** Where the key of the operations begins. */
  readonly operationsAt: number;
  /** Where each operation begins, and where the last one ends. */
  readonly edges: readonly number[];
}

/**
 * Where a golden's text can be cut, so that no more than one operation at a time is taken apart (which takes a hundred
 * times its text): its operations begin with a dash in the third column, as they are written, and no value reaches to the
 * left of that. Null where it looks otherwise; then it is read as a whole.
 */
export function cutOf(text: string): Cut | null {
  const head = /^operations:[ \t]*(?:#.*)?\n/m.exec(text);
  if (head === null || /^(?:---|\.\.\.|%)/m.test(text)) return null;
  const begins = head.index + head[0].length;
  const ends = firstAt(text, /^[^\s#]/gm, begins) ?? text.length;
  const edges: number[] = [];
  const dashes = /^ {2}-(?=[ \n])/gm;
  dashes.lastIndex = begins;
  for (let dash = dashes.exec(text); dash !== null && dash.index < ends; dash = dashes.exec(text)) edges.push(dash.index);
  const [first] = edges;
  if (first === undefined || firstAt(text, /^[ \t]*[^\s#]/gm, begins) !== first) return null;
  edges.push(ends);
  const outside = [
    { offset: 0, text: text.slice(0, head.index) },
    { offset: ends, text: text.slice(ends) },
  ];
  return { outside, operationsAt: head.index, edges };
}

function firstAt(text: string, pattern: RegExp, from: number): number | null {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? null;
}
