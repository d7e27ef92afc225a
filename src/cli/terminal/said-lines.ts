import type { LiveOperation, LiveProgress } from "../../model/live-progress.ts";
import { printable, printableLine } from "./printable.ts";
import { fit, widthOf } from "./text-width.ts";
import { wrap } from "./wrap.ts";

/** How much of a text is looked at: it may be very long, and only its end is shown. */
const SIGHT = 2_000;
/** A name before what is said takes at most so many columns. */
const MOST_NAME = 20;
/** With a name before it, what is said has at least so many columns; and so many without. */
const LEAST_TEXT = 20;
const LEAST_COLUMNS = 4;

/** How much room there is for what is being said. */
export interface SaidRoom {
  readonly width: number;
  /** Lines at most. */
  readonly lines: number;
}

/**
 * The end of what an agent is saying: of the one that began first, so that the lines do not jump from one to another. Its
 * reasoning as long as it says nothing yet. No lines where nobody speaks, or there is no room.
 */
export function saidLines({ operations }: LiveProgress, { width, lines }: SaidRoom): readonly string[] {
  const speaker = [...operations.values()].find(({ text, reasoning }) => text !== "" || reasoning !== "");
  if (speaker === undefined || lines < 1) return [];
  const name = `  ${fit(printableLine(speaker.name), MOST_NAME)}${speaker.text === "" ? " thinks" : ""}: `;
  const label = width - widthOf(name) >= LEAST_TEXT ? name : "  ";
  const columns = width - widthOf(label);
  if (columns < LEAST_COLUMNS) return [];
  const end = lastLines(speaker, columns, lines);
  return end.map((line, index) => (index === 0 ? label : " ".repeat(widthOf(label))) + line);
}

function lastLines({ text, reasoning }: LiveOperation, columns: number, most: number): readonly string[] {
  const lines: string[] = [];
  for (const line of endOf(text === "" ? reasoning : text)
    .split("\n")
    .reverse()) {
    if (lines.length >= most) break;
    lines.unshift(...wrap(printableLine(line), columns).slice(lines.length - most));
  }
  return lines;
}

/** The end of a text. Where it is cut it stays cut for a while, so that its lines do not move with every word. */
function endOf(text: string): string {
  const from = Math.max(0, Math.floor(text.length / SIGHT) - 1) * SIGHT;
  return printable(text.slice(from));
}
