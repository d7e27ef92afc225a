// Where a text holds many things of one kind: tables with a header, lists under a heading, lines of one form.
import type { Ask } from "./found.ts";
import { isKin } from "./kin.ts";
import { listFor } from "./lists.ts";
import type { Profile } from "./profile.ts";
import { labelFit, profileOf } from "./profile.ts";
import type { Schema } from "./schema.ts";
import { propertiesOf, resolve, typesOf } from "./schema.ts";
import type { Line } from "./text-shape.ts";
import { nameWords } from "./words.ts";

/** Small texts, one for each thing. */
export interface Rows {
  readonly texts: readonly string[];
  readonly score: number;
  /** Free lines rather than labelled cells. */
  readonly entry: boolean;
}

/** The rows that fit a list of such items; none where the text has no such place. */
export function rowsFor(ask: Ask, items: Schema, document: Schema): Rows {
  const properties = propertiesOf(items);
  const siblings = properties.map(([name]) => name);
  const profiles = properties.map(([name, schema]) => profileOf(resolve(schema, document), { name, parents: [], siblings }));
  const table = tableFor(ask.source.lines, profiles);
  if (table !== null) return table;
  const list = listFor(ask);
  if (list !== null) return { texts: list.items, score: list.score, entry: true };
  const numeric = properties.some(([, schema]) =>
    typesOf(resolve(schema, document)).some((type) => type === "number" || type === "integer"),
  );
  const lines = ask.source.lines.filter(
    (line) =>
      !line.blank && line.text.length < 300 && (numeric ? /\d/.test(line.text) && (line.bullet || /\d\D+\d/.test(line.text)) : line.bullet),
  );
  const labelled = lines.filter((line) => !isSum(line)).filter((line) => line.bullet || !/^[^:]{1,30}:/.test(line.text));
  return { texts: labelled.slice(0, 200).map((line) => line.text), score: 0.35, entry: true };
}

/** The last lines of a reckoning: sums are not things of their own. */
function isSum(line: Line): boolean {
  const first = nameWords(line.text.slice(0, 40))[0] ?? "";
  return isKin(first, "total") || isKin(first, "part");
}

/** Lines whose columns stand under a header that names the item's properties. */
function tableFor(lines: readonly Line[], profiles: readonly Profile[]): Rows | null {
  for (const [index, line] of lines.slice(0, 5_000).entries()) {
    const header = cellsOf(line.text);
    if (header.length < 2 || header.length > 12 || header.some((cell) => cell.length > 40 || !/\p{L}/u.test(cell) || /\d{2}/.test(cell)))
      continue;
    const known = header.filter((cell) => profiles.some((profile) => labelFit(profile, nameWords(cell)) >= 0.35)).length;
    if (known < 2 || known < Math.min(header.length, profiles.length) / 2) continue;
    const texts = rowsBelow(lines, index + 1, header);
    if (texts.length > 0) return { texts, score: 0.9, entry: false };
  }
  return null;
}

function rowsBelow(lines: readonly Line[], from: number, header: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const line of lines.slice(from, from + 300)) {
    if (/^[\s|:+=_-]*$/.test(line.text.slice(0, 300))) {
      if (line.blank && texts.length > 0) break;
      continue;
    }
    const cells = cellsOf(line.text);
    if (cells.length < Math.max(2, header.length - 1)) break;
    // A missing cell is most often the first of the numbers; the right side stays aligned.
    const shift = header.length - cells.length;
    texts.push(header.map((name, column) => `${name}: ${cells[column === 0 ? 0 : column - shift] ?? ""}`).join("\n"));
  }
  return texts;
}

function cellsOf(text: string): readonly string[] {
  const limited = text.slice(0, 1_000);
  const cells = limited.includes("|")
    ? limited
        .replace(/^\s{0,9}\|/, "")
        .replace(/\|\s{0,9}$/, "")
        .split("|")
    : limited.includes("\t")
      ? limited.split("\t")
      : limited.split(/ {2,}/);
  return cells.map((cell) => cell.trim()).filter((cell, index) => cell !== "" || index > 0);
}
