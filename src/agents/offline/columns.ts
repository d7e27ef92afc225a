// Two columns of text side by side, each below its own heading, as letterheads have them.
import type { Block, Line } from "./text-shape.ts";
import { nameWords } from "./words.ts";

/** The block of one column, and the line its heading stands in. */
export interface Column extends Block {
  readonly head: Line;
}

interface Cell {
  readonly text: string;
  readonly at: number;
}

/** The columns of a text. Rows of figures are tables, not columns. */
export function columnsOf(lines: readonly Line[]): readonly Column[] {
  const columns: Column[] = [];
  let free = 0;
  for (const [index, line] of lines.slice(0, 5_000).entries()) {
    const heads = index < free ? null : headsOf(line);
    if (heads === null) continue;
    const below = rowsBelow(lines, index);
    if (!below.some((row) => cellsOf(row).length === 2) || below.some((row) => cellsOf(row).length > 2)) continue;
    free = index + below.length + 1;
    for (const [side, head] of heads.entries()) {
      const cells = below.flatMap((row) => cellsOf(row).flatMap((cell) => (sideOf(cell, heads) === side ? [lineOf(row, cell)] : [])));
      const heading = head.text.replace(/:$/, "");
      const start = line.start + head.at - line.column;
      if (cells.length > 0)
        columns.push({ heading, words: nameWords(heading), lines: cells, colon: true, first: cells.length, start, head: line });
    }
  }
  return columns;
}

function headsOf(line: Line): readonly Cell[] | null {
  if (line.blank || line.text.length > 160) return null;
  const cells = cellsOf(line);
  const names = cells.every((cell) => /^\p{L}[^\d:,.]{1,24}:?$/u.test(cell.text) && cell.text.split(" ").length <= 3);
  return cells.length === 2 && names ? cells : null;
}

/** The rows up to a blank line, six at most, as long as the first of them is words rather than figures. */
function rowsBelow(lines: readonly Line[], index: number): readonly Line[] {
  const rows: Line[] = [];
  for (const line of lines.slice(index + 1, index + 7)) {
    if (line.blank || line.text.length > 160 || line.text.includes(": ")) break;
    rows.push(line);
  }
  const [first] = rows;
  return first !== undefined && cellsOf(first).every((cell) => /^\p{L}/u.test(cell.text)) ? rows : [];
}

function cellsOf(line: Line): readonly Cell[] {
  const cells: Cell[] = [];
  let from = 0;
  const push = (until: number): void => {
    const text = line.text.slice(from, until).trim();
    if (text !== "") cells.push({ text, at: line.column + from });
  };
  for (const gap of line.text.matchAll(/ {3,}|\t+/g)) {
    push(gap.index);
    from = gap.index + gap[0].length;
  }
  push(line.text.length);
  return cells;
}

/** A cell belongs to the heading that begins nearest to where it does. */
function sideOf(cell: Cell, heads: readonly Cell[]): number {
  const [left, right] = heads;
  if (left === undefined || right === undefined) return 0;
  return Math.abs(cell.at - right.at) < Math.abs(cell.at - left.at) ? 1 : 0;
}

function lineOf(row: Line, cell: Cell): Line {
  return { text: cell.text, start: row.start + cell.at - row.column, column: cell.at, bullet: false, blank: false };
}
