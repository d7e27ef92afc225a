import type { FieldDifference } from "./field-differences.ts";
import { fieldDifferences } from "./field-differences.ts";
import { sameValue } from "./same-value.ts";
import type { Drift } from "./drift.ts";

/** A value, or the part of a text, that has become another one. */
export type Change = Pick<FieldDifference, "recorded" | "now">;

/** So many changes of one difference are looked at. */
const MOST_CHANGES = 12;
/** What is shorter stands in too many texts by chance. */
const SHORTEST = 3;
/** Longer texts are not searched for others. */
const LONGEST = 20_000;

/** What has changed within a difference: its values one by one and, of a text, the part that is another one. */
export function changesOf({ recorded, now }: Pick<Drift, "recorded" | "now">): readonly Change[] {
  const { found } = fieldDifferences(recorded, now, { limit: MOST_CHANGES, differ: () => null });
  return found.map(({ recorded: was, now: is }) =>
    typeof was === "string" && typeof is === "string" ? changedPart(was, is) : textsOf(was, is),
  );
}

/** A number is found again in a text that it was written into. */
function textsOf(recorded: unknown, now: unknown): Change {
  const areShort = [recorded, now].every((each) => typeof each === "number" || typeof each === "boolean");
  return areShort ? { recorded: String(recorded), now: String(now) } : { recorded, now };
}

/** Two texts from where they begin to differ to where they end to, in whole words. */
function changedPart(was: string, is: string): Change {
  const shorter = Math.min(was.length, is.length);
  let begins = 0;
  while (begins < shorter && was[begins] === is[begins]) begins++;
  while (begins > 0 && WORD.test(was[begins - 1] ?? "")) begins--;
  let ends = 0;
  while (ends < shorter - begins && was.at(-1 - ends) === is.at(-1 - ends)) ends++;
  while (ends > 0 && WORD.test(was.at(-ends) ?? "")) ends--;
  return { recorded: was.slice(begins, was.length - ends), now: is.slice(begins, is.length - ends) };
}

const WORD = /[\p{L}\p{N}]/u;

/** Whether one of these changes is one of those, or stands in a text of those. */
export function shareChange(some: readonly Change[], others: readonly Change[]): boolean {
  return some.some((one) => others.some((other) => isSame(one, other) || isWithin(one, other) || isWithin(other, one)));
}

function isSame(one: Change, other: Change): boolean {
  return sameValue(one.recorded, other.recorded) && sameValue(one.now, other.now);
}

function isWithin(part: Change, whole: Change): boolean {
  return contains(whole.recorded, part.recorded) && contains(whole.now, part.now);
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof whole !== "string" || typeof part !== "string") return false;
  return part.length >= SHORTEST && whole.length <= LONGEST && whole.includes(part);
}
