import { printableLine } from "./printable.ts";
import { fit, padEnd, padStart, widthOf } from "./text-width.ts";

/** One column of a {@link table}. */
export interface Column {
  readonly title: string;
  /** @defaultValue `"left"` */
  readonly align?: "left" | "right";
  /** Gives way first where the terminal is too narrow. At least one should. */
  readonly isFlexible?: boolean;
}

/** How a {@link table} is drawn. */
export interface TableOptions {
  readonly columns: readonly Column[];
  /** The most columns of the terminal it may take. Default: as many as it needs. */
  readonly width?: number;
  /** Paints the line of titles. */
  readonly paintTitle?: (text: string) => string;
  /** Paints a cell, after it was cut and filled to its width. */
  readonly paint?: (text: string, place: { readonly row: number; readonly column: number }) => string;
}

const GAP = "  ";
const LEAST = 6;

/** Rows of plain texts as lines in columns. Every cell is made printable, put on one line and cut to its column. */
export function table(rows: readonly (readonly string[])[], options: TableOptions): readonly string[] {
  const { columns, paint = (text) => text, paintTitle = (text) => text } = options;
  const cells = rows.map((row) => columns.map((_, index) => printableLine(row[index] ?? "")));
  const widths = widthsOf(cells, options);
  const line = (texts: readonly string[], dress: (text: string, column: number) => string): string => {
    const shown = texts.map((text, column) => {
      const width = widths[column] ?? 0;
      return dress(
        columns[column]?.align === "right" ? padStart(text, width) : isLast(column) ? fit(text, width) : padEnd(text, width),
        column,
      );
    });
    return shown.join(GAP).trimEnd();
  };
  const isLast = (column: number): boolean => column === columns.length - 1;
  const titles = line(
    columns.map(({ title }) => title),
    (text) => paintTitle(text),
  );
  return [titles, ...cells.map((row, index) => line(row, (text, column) => paint(text, { row: index, column })))];
}

function widthsOf(cells: readonly (readonly string[])[], { columns, width = Number.POSITIVE_INFINITY }: TableOptions): readonly number[] {
  const widths = columns.map(({ title }, column) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[column] ?? "")), widthOf(title)),
  );
  let over = widths.reduce((sum, each) => sum + each, GAP.length * (columns.length - 1)) - width;
  const byRoom = columns
    .map((_, column) => column)
    .sort(
      (a, b) => Number(columns[b]?.isFlexible ?? false) - Number(columns[a]?.isFlexible ?? false) || (widths[b] ?? 0) - (widths[a] ?? 0),
    );
  for (const column of byRoom) {
    if (over <= 0) break;
    const spare = Math.min(over, Math.max(0, (widths[column] ?? 0) - LEAST));
    widths[column] = (widths[column] ?? 0) - spare;
    over -= spare;
  }
  return widths;
}
