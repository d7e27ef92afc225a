import type { Paint } from "../terminal/paint.ts";
import { printableLine } from "../terminal/printable.ts";
import { padEnd, widthOf } from "../terminal/text-width.ts";
import { wrapWords } from "../terminal/wrap-words.ts";
import type { Finding, Section } from "./finding.ts";

const MARKS: Readonly<Record<Finding["level"], string>> = { ok: "✔", note: "·", problem: "✖" };
const WIDEST_ABOUT = 32;
const LEAST_TEXT = 24;

/** Findings as a table: a mark, what was looked at, what was found, and below it what to do. */
export function drawSections(
  sections: readonly Section[],
  { paint, width }: { readonly paint: Paint; readonly width: number },
): readonly string[] {
  const abouts = sections.flatMap(({ findings }) => findings.map(({ about }) => widthOf(printableLine(about))));
  const column = Math.min(WIDEST_ABOUT, Math.max(0, ...abouts), Math.max(8, width - LEAST_TEXT - 4));
  const room = Math.max(LEAST_TEXT, width - column - 4);
  return sections.flatMap(({ title, findings }, index) => [
    ...(title === "" ? [] : [...(index === 0 ? [] : [""]), paint.strong(printableLine(title))]),
    ...findings.flatMap((finding) => linesOf(finding, { paint, column, room })),
  ]);
}

function linesOf(
  { level, about, found, remedy }: Finding,
  { paint, column, room }: { readonly paint: Paint; readonly column: number; readonly room: number },
): readonly string[] {
  const tone = level === "ok" ? paint.good : level === "problem" ? paint.bad : paint.faint;
  const dress = level === "problem" ? paint.bad : level === "note" ? paint.faint : (text: string) => text;
  const name = printableLine(about);
  const isLong = widthOf(name) > column;
  const [first = "", ...more] = wrapWords(printableLine(found), room);
  const indent = " ".repeat(column + 4);
  const lead = `${tone(MARKS[level])} ${isLong ? name : padEnd(name, column)}`;
  const head = isLong ? [lead, indent + dress(first)] : [`${lead}  ${dress(first)}`];
  const todo = remedy === null ? [] : wrapWords(printableLine(remedy), room);
  return [
    ...head,
    ...more.map((line) => indent + dress(line)),
    ...todo.map((line) => indent + (level === "problem" ? line : paint.faint(line))),
  ];
}
