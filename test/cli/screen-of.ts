/**
 * What a terminal shows after all that was written to it: as much of one as our drawing needs. Lines that have scrolled
 * away are kept; empty ones at the end are not.
 */
export function screenOf(written: string, { columns, rows }: { readonly columns: number; readonly rows: number }): readonly string[] {
  const lines: string[][] = [[]];
  let [row, column] = [0, 0];
  const at = (): string[] => {
    while (lines.length <= row) lines.push([]);
    return lines[row] ?? [];
  };
  for (const [token] of written.matchAll(/\u001B\[[\d;?]*[A-Za-z]|\u001B[()][A-Z0-9]|[^]/gu)) {
    const [, count = "", command = ""] = /^\u001B\[([\d;?]*)([A-Za-z])$/.exec(token) ?? [];
    if (token === "\n") row++;
    else if (token === "\r") column = 0;
    else if (command === "A") row = Math.max(0, lines.length - rows, row - Number(count || 1));
    else if (command === "B") row += Number(count || 1);
    else if (command === "C") column += Number(count || 1);
    else if (command === "D") column = Math.max(0, column - Number(count || 1));
    else if (command === "G") column = Number(count || 1) - 1;
    else if (command === "K") at().length = column;
    else if (command === "J") {
      at().length = column;
      lines.length = row + 1;
    } else if (!token.startsWith("\u001B") && token >= " ") {
      if (column >= columns) [row, column] = [row + 1, 0];
      const line = at();
      while (line.length < column) line.push(" ");
      line[column++] = token;
    }
    at();
  }
  const shown = lines.map((line) => line.join("").trimEnd());
  while (shown.at(-1) === "") shown.pop();
  return shown;
}
