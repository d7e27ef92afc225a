import { count, plural } from "../../terminal/numbers.ts";
import type { Paint } from "../../terminal/paint.ts";

/** What came of some of the goldens, and how that is painted. */
export interface Part {
  readonly count: number;
  /** What they are, or what was done to them, whether one or many: `clean`. */
  readonly words: string;
  readonly tone: (text: string) => string;
}

/** What came of goldens: of those that the code was run against, and of those that it could not be run against. */
export interface Summary {
  readonly checked: readonly Part[];
  readonly others: readonly Part[];
}

/**
 * All of it on one line: `3 goldens checked: 1 drifted, 2 clean; 1 could not be checked`, or `1 golden could not be checked`.
 */
export function summaryLine({ checked, others }: Summary): string {
  const sum = checked.reduce((all, part) => all + part.count, 0);
  const [first, ...further] = others.filter(isThere);
  if (sum === 0)
    return first === undefined ? "" : [painted(first, plural(first.count, "golden", "goldens")), ...further.map(said)].join("; ");
  const parts = checked.filter(isThere).map(said);
  return [`${plural(sum, "golden", "goldens")} checked: ${parts.join(", ")}`, ...others.filter(isThere).map(said)].join("; ");
}

/** Those that say no program: the code that recorded them checks and updates them. */
export function leftToCode(howMany: number, { faint }: Pick<Paint, "faint">): Part {
  return { count: howMany, words: `left to the code that recorded ${howMany === 1 ? "it" : "them"}`, tone: faint };
}

function isThere(part: Part): boolean {
  return part.count > 0;
}

function said(part: Part): string {
  return painted(part, count(part.count));
}

function painted({ words, tone }: Part, howMany: string): string {
  return tone(`${howMany} ${words}`);
}
