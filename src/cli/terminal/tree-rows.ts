import type { Paint } from "./paint.ts";
import type { SummaryStatus } from "./summary.ts";
import { fit, padEnd, padStart, widthOf } from "./text-width.ts";

/**
 * What a row says of what it stands for. `doubt`: it had begun, and nobody knows what came of it. `remark` and `retried`
 * stand for nothing with a status: their name is a sentence about the row above, over the whole width. `title`: what
 * stands in the columns.
 */
export type RowStatus = SummaryStatus | "doubt" | "remark" | "retried" | "title";

/** One row of a tree. All texts are printable and on one line. */
export interface TreeRow {
  /** The lines that lead to it. */
  readonly prefix: string;
  readonly depth: number;
  readonly status: RowStatus;
  readonly name: string;
  readonly detail: string;
  readonly tokens: string;
  /** The same in fewer words, for where there is little room. Default: as `tokens`. */
  readonly tokensShort?: string;
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

const MARKS: Readonly<Record<RowStatus, string>> = {
  running: "●",
  waiting: "⏸",
  failed: "✖",
  denied: "⊘",
  cancelled: "⊘",
  continued: "↪",
  succeeded: "✔",
  doubt: "?",
  remark: "·",
  retried: "↻",
  title: " ",
};

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

/** What a row gives up for its detail, most willing first; a detail that is whole in less room asks for no more. */
interface Sacrifice {
  readonly leastDetail: number;
  /** The part of the width that names may take. */
  readonly names: number;
  readonly tokens: "whole" | "short" | "none";
  readonly hasCost: boolean;
  readonly hasTime: boolean;
}

const SACRIFICES: readonly Sacrifice[] = [
  { leastDetail: 36, names: 1, tokens: "whole", hasCost: true, hasTime: true },
  { leastDetail: 24, names: 1, tokens: "short", hasCost: true, hasTime: true },
  { leastDetail: 20, names: 0.4, tokens: "short", hasCost: true, hasTime: true },
  { leastDetail: 20, names: 0.3, tokens: "short", hasCost: true, hasTime: true },
  { leastDetail: 16, names: 0.4, tokens: "short", hasCost: false, hasTime: true },
  { leastDetail: 12, names: 0.4, tokens: "none", hasCost: false, hasTime: true },
  { leastDetail: 4, names: 0.5, tokens: "none", hasCost: false, hasTime: false },
];

/** Too narrow for anything beside the names. */
const NAMES_ONLY: Sacrifice = { leastDetail: 0, names: 1, tokens: "none", hasCost: false, hasTime: false };

interface Layout {
  readonly names: number;
  readonly detail: number;
  readonly figures: readonly { readonly width: number; readonly of: (row: TreeRow) => string }[];
}

/** How rows share the width. Every row has the same columns, so that figures stand under each other. */
function layoutOf(rows: readonly TreeRow[], width: number): Layout {
  const longestName = most(rows, nameOf);
  const wanted = most(rows, (row) => row.detail);
  for (const sacrifice of [...SACRIFICES, NAMES_ONLY]) {
    const { tokens, hasCost, hasTime } = sacrifice;
    const names = Math.min(MOST_NAME, longestName, Math.floor(width * sacrifice.names));
    const figures = [
      ...(tokens === "none" ? [] : [tokens === "whole" ? (row: TreeRow) => row.tokens : shortTokens]),
      ...(hasCost ? [(row: TreeRow) => row.cost] : []),
      ...(hasTime ? [(row: TreeRow) => row.time] : []),
    ]
      .map((of) => ({ of, width: most(rows, of) }))
      .filter((figure) => figure.width > 0);
    const room = width - MARK_WIDTH - names - figures.reduce((sum, figure) => sum + GAP.length + figure.width, 0);
    const detail = Math.min(wanted, room - GAP.length);
    if (room >= 0 && (sacrifice === NAMES_ONLY || detail >= Math.min(wanted, sacrifice.leastDetail)))
      return { names, figures, detail: sacrifice === NAMES_ONLY ? 0 : detail };
  }
  return { names: Math.max(1, Math.min(MOST_NAME, longestName)), figures: [], detail: 0 }; // what is wider than the terminal is cut
}

const MARK_WIDTH = 2;

function nameOf(row: TreeRow): string {
  return isSentence(row) ? "" : row.prefix + row.name;
}

function isSentence({ status }: TreeRow): boolean {
  return status === "remark" || status === "retried";
}

function shortTokens(row: TreeRow): string {
  return row.tokensShort ?? row.tokens;
}

/** Rows as lines: names, details, and the figures in columns at the right. Where it is narrow, what is said goes before what it cost. */
export function drawRows(rows: readonly TreeRow[], options: RowsOptions): readonly string[] {
  const { paint, width, spinner = MARKS.running } = options;
  const layout = layoutOf(rows, width);
  return rows.map((row) => {
    const { prefix, status, name, detail } = row;
    const mark = toneOf(status, paint)(status === "running" ? spinner : MARKS[status]);
    if (isSentence(row)) return fit(`${paint.faint(prefix)}${mark} ${toneOf(status, paint)(name)}`, width);
    const label = padEnd(name, Math.max(1, layout.names - widthOf(prefix)));
    let line = `${paint.faint(prefix)}${mark} ${row.depth === 0 ? paint.strong(label) : label}`;
    const { room, figures } = sharesOf(row, layout);
    if (layout.detail > 0) line += GAP + dress(padEnd(detail, room), toneOfDetail(status, paint));
    for (const figure of figures) line += GAP + dress(padStart(figure.of(row), figure.width), paint.faint);
    return fit(line.trimEnd(), width);
  });
}

/**
 * The room of one row's detail, and the figures that follow. A detail may go on over figures that its row has none of; a row
 * so deep that its name sticks out gives up as much of its detail. Either way what follows stays in its column.
 */
function sharesOf(row: TreeRow, { names, detail, figures }: Layout): { readonly room: number; readonly figures: Layout["figures"] } {
  const sticksOut = Math.max(0, widthOf(row.prefix) + 1 - names);
  if (detail === 0) return { room: 0, figures };
  const first = figures.findIndex(({ of }) => of(row) !== "");
  const empty = first < 0 ? figures : figures.slice(0, first);
  const room = empty.reduce((sum, figure) => sum + GAP.length + figure.width, detail) - sticksOut;
  return { room: Math.max(0, room), figures: figures.slice(empty.length) };
}

/** Nothing is not painted: frames are short, and what ends a line can be trimmed. */
function dress(text: string, paint: (text: string) => string): string {
  return text.trim() === "" ? text : paint(text);
}

function most(rows: readonly TreeRow[], text: (row: TreeRow) => string): number {
  return rows.reduce((width, row) => Math.max(width, widthOf(text(row))), 0);
}

function toneOf(status: RowStatus, paint: Paint): (text: string) => string {
  switch (status) {
    case "running":
      return paint.busy;
    case "waiting":
    case "denied":
    case "doubt":
    case "retried":
      return paint.asks;
    case "failed":
      return paint.bad;
    case "cancelled":
    case "remark":
    case "title":
      return paint.faint;
    case "succeeded":
    case "continued":
      return paint.good;
  }
}

function toneOfDetail(status: RowStatus, paint: Paint): (text: string) => string {
  if (status === "failed") return paint.bad;
  return status === "waiting" || status === "denied" || status === "doubt" ? paint.asks : paint.faint;
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
