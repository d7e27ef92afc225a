import { widthOf } from "../../terminal/text-width.ts";
import { wrap } from "../../terminal/wrap.ts";

/** A terminal with less room than that breaks lines itself. */
const NARROWEST = 30;

/** The columns there are for results: those of the terminal; where there is none, any number. */
export function columnsOfResults(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

/** A text beside what it is said of; at a terminal that is narrower on lines of its own below. */
export function beside(head: string, text: string, paint: (line: string) => string = (line) => line): readonly string[] {
  if (widthOf(head) + 2 + widthOf(text) <= columnsOfResults()) return [`${head}  ${paint(text)}`];
  return [head, ...hanging("  ", text).map(paint)];
}

/** A text behind what leads it; at a terminal that is narrower on several lines, the further ones below the text. */
export function hanging(lead: string, text: string): readonly string[] {
  const indent = widthOf(lead);
  const room = columnsOfResults() - indent;
  const [first = "", ...further] = room < NARROWEST ? [text] : wrap(text, room);
  return [(lead + first).trimEnd(), ...further.map((line) => " ".repeat(indent) + line)];
}
