import type { Paint } from "./paint.ts";
import type { SummaryStatus } from "./summary.ts";
import { fit, padEnd, padStart, widthOf } from "./text-width.ts";

/** One row of a tree. All texts are printable and on one line. */
export interface TreeRow {
  /** The lines that lead to it. */
  readonly prefix: string;
  readonly depth: number;
  readonly status: SummaryStatus;
  readonly name: string;
  readonly detail: string;
  readonly tokens: string;
  readonly cost: string;
  readonly time: string;
}

/** How any tree becomes rows. */
export interface TreeShape<T> {
  readonly rowOf: (node: T) => Omit<TreeRow, "prefix" | "depth">;
  readonly childrenOf: (node: T) => readonly T[];
}

/** The rows of a tree, top down. Iterative: however deep it is, the stack is not. */
export function asTree<T>(root: T, { rowOf, childrenOf }: TreeShape<T>): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const open: { readonly node: T; readonly depth: number; readonly lead: string; readonly branch: string }[] = [
    { node: root, depth: 0, lead: "", branch: "" },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth, lead, branch } = next;
    rows.push({ ...rowOf(node), prefix: lead + branch, depth });
    const children = childrenOf(node);
    const below = depth === 0 ? "  " : lead + (branch === "└ " ? "   " : "│  ");
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined)
        open.push({ node: child, depth: depth + 1, lead: below, branch: index === children.length - 1 ? "└ " : "├ " });
    }
  }
  return rows;
}

const MARKS: Readonly<Record<SummaryStatus, string>> = { running: "●", waiting: "⏸", failed: "✖", cancelled: "⊘", succeeded: "✔" };

/** How rows become lines. */
export interface RowsOptions {
  readonly paint: Paint;
  /** Columns of the terminal; `Infinity` where there is none. */
  readonly width: number;
  /** Stands before what is running. @defaultValue `●` */
  readonly spinner?: string;
}

const GAP = "  ";
const MOST_NAME = 48;
const LEAST_DETAIL = 12;

/** Rows as lines: names, details, and the figures in columns at the right. The narrower it is, the more of that is left out. */
export function drawRows(rows: readonly TreeRow[], options: RowsOptions): readonly string[] {
  const { paint, width, spinner = MARKS.running } = options;
  const nameWidth = Math.min(
    MOST_NAME,
    most(rows, (row) => row.prefix + row.name),
  );
  const figures = [most(rows, (row) => row.tokens), most(rows, (row) => row.cost), most(rows, (row) => row.time)];
  let room = width - (2 + nameWidth);
  const shown = figures.map(() => false);
  for (const index of [2, 0, 1]) {
    const needed = (figures[index] ?? 0) + GAP.length;
    if (needed === GAP.length || room - needed < 0) continue;
    shown[index] = true;
    room -= needed;
  }
  const detailWidth = Math.min(
    room - GAP.length,
    most(rows, (row) => row.detail),
  );
  return rows.map((row) => {
    const { prefix, status, name, detail, tokens, cost, time } = row;
    const mark = toneOf(status, paint)(status === "running" ? spinner : MARKS[status]);
    const label = padEnd(name, Math.max(1, nameWidth - widthOf(prefix)));
    let line = `${paint.faint(prefix)}${mark} ${row.depth === 0 ? paint.strong(label) : label}`;
    if (detailWidth >= Math.min(LEAST_DETAIL, widthOf(detail)))
      line += GAP + dress(padEnd(detail, detailWidth), toneOfDetail(status, paint));
    for (const [index, text] of [tokens, cost, time].entries())
      if (shown[index] === true) line += GAP + dress(padStart(text, figures[index] ?? 0), paint.faint);
    return fit(line.trimEnd(), width);
  });
}

/** Nothing is not painted: frames are short, and what ends a line can be trimmed. */
function dress(text: string, paint: (text: string) => string): string {
  return text.trim() === "" ? text : paint(text);
}

function most(rows: readonly TreeRow[], text: (row: TreeRow) => string): number {
  return rows.reduce((width, row) => Math.max(width, widthOf(text(row))), 0);
}

function toneOf(status: SummaryStatus, paint: Paint): (text: string) => string {
  switch (status) {
    case "running":
      return paint.busy;
    case "waiting":
      return paint.asks;
    case "failed":
      return paint.bad;
    case "cancelled":
      return paint.faint;
    case "succeeded":
      return paint.good;
  }
}

function toneOfDetail(status: SummaryStatus, paint: Paint): (text: string) => string {
  if (status === "failed") return paint.bad;
  return status === "waiting" ? paint.asks : paint.faint;
}

/**
 * At most so many rows: first the inside of what is over is left out, then what lies deepest, then whole rows that are
 * over; the last row says how many are not shown.
 */
export function limitRows(rows: readonly TreeRow[], height: number): readonly TreeRow[] {
  if (rows.length <= height) return rows;
  const deepest = rows.reduce((most, row) => Math.max(most, row.depth), 0);
  let kept = rows;
  for (let depth = deepest; depth > 1 && kept.length > height; depth--) {
    const before = kept;
    kept = before.filter((row, index) => row.depth < depth || !isInsideEnded(before, index));
  }
  for (let depth = deepest; depth > 1 && kept.length > height; depth--) kept = kept.filter((row) => row.depth < depth);
  const [head] = kept;
  if (kept.length <= height || head === undefined) return kept;
  const room = Math.max(1, height - 2);
  const urgent = kept.filter((row) => row !== head && row.status !== "succeeded").slice(0, room);
  const ended = kept.filter((row) => row !== head && row.status === "succeeded");
  const chosen = new Set([head, ...urgent, ...(urgent.length < room ? ended.slice(urgent.length - room) : [])]);
  kept = kept.filter((row) => chosen.has(row));
  const hidden = rows.length - kept.length;
  const more: TreeRow = {
    prefix: "  ",
    depth: 1,
    status: "succeeded",
    name: `… ${hidden} more`,
    detail: "",
    tokens: "",
    cost: "",
    time: "",
  };
  return [head, more, ...kept.slice(1)];
}

/** Whether something above it, other than the root, is over and was not the run's trouble. */
function isInsideEnded(rows: readonly TreeRow[], index: number): boolean {
  let depth = rows[index]?.depth ?? 0;
  for (let above = index - 1; above > 0 && depth > 1; above--) {
    const row = rows[above];
    if (row === undefined || row.depth >= depth) continue;
    if (row.status === "succeeded") return true;
    depth = row.depth;
  }
  return false;
}
