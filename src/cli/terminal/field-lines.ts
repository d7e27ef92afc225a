import { isPlainObject } from "../../base/json.ts";
import type { Paint } from "./paint.ts";
import { printableLine } from "./printable.ts";
import { padEnd, widthOf } from "./text-width.ts";
import { SHORT, valueLines } from "./value-text.ts";

const WIDEST_NAME = 24;

/** A value as a small table, a field a line: names at the left, values under each other; what is longer than a line goes on below. */
export function fieldLines(value: unknown, paint: Paint): readonly string[] {
  if (!isPlainObject(value)) return value === undefined ? [] : valueLines(value);
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  if (fields.length === 0) return [paint.faint("(no arguments)")];
  const width = Math.min(
    WIDEST_NAME,
    fields.reduce((most, [name]) => Math.max(most, widthOf(printableLine(name))), 0),
  );
  return fields.flatMap(([name, each]) => {
    const [first = "", ...more] = valueLines(each, SHORT);
    return [`${paint.faint(padEnd(printableLine(name), width))}  ${first}`, ...more.map((line) => `${" ".repeat(width)}  ${line}`)];
  });
}
