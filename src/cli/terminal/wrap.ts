import { fit, graphemesOf, widthOf } from "./text-width.ts";

/** One line of text as lines of at most so many columns: broken at spaces, and within words that are wider. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )(?=\S)/u)) {
    if (widthOf(line) + widthOf(word.trimEnd()) <= columns) {
      line += word;
      continue;
    }
    if (line !== "") lines.push(line.trimEnd());
    line = word;
    while (widthOf(line.trimEnd()) > columns) {
      const piece = beginningOf(line, columns);
      lines.push(piece);
      line = line.slice(piece.length);
    }
  }
  if (line.trimEnd() !== "") lines.push(fit(line.trimEnd(), columns));
  return lines;
}

/** As much of a word as fits, and at least one character of it. */
function beginningOf(word: string, columns: number): string {
  let piece = "";
  for (const grapheme of graphemesOf(word)) {
    if (piece !== "" && widthOf(piece) + widthOf(grapheme) > columns) break;
    piece += grapheme;
  }
  return piece;
}
