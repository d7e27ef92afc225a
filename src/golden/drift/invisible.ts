import type { Line } from "./description.ts";

/** White space, in runs: what a reader takes for one space, or for nothing at an end. */
const SPACES = /[\s\p{Z}]+/gu;
/** What is drawn as nothing at all. */
const NOTHING = /(?!\s)(?:\p{Cc}|\p{Default_Ignorable_Code_Point}|\p{Cf})/gu;
const COMBINING = /\p{M}/gu;
/** A space at an end, or beside another one. */
const UNSEEN_SPACE = /^ +| +$| {2,}/g;

/** What stands for what cannot be seen, and what it means. */
const MARKS: readonly (readonly [found: RegExp, mark: string, meaning: string])[] = [
  [UNSEEN_SPACE, "·", "a space"],
  [/\t/g, "⇥", "a tab"],
  [/\r/g, "␍", "a carriage return"],
  [/\u{A0}/gu, "⍽", "a space that no line is broken at"],
];
/** What stands for a line with nothing in it. */
const EMPTY = "⏎";
const CODE = /<U\+[0-9A-F]{4,6}>/;

/** Whether two texts that are not the same look the same: they differ in white space, or in what is not drawn. */
export function lookAlike(one: string, other: string): boolean {
  return one !== other && lookOf(one) === lookOf(other);
}

/** What a reader sees of a text. */
export function lookOf(text: string): string {
  return text.replace(NOTHING, "").replace(SPACES, " ").trim().normalize("NFC");
}

/** A line with marks in the place of what cannot be seen in it. */
export function marked(line: string, isSpeltOut: boolean): string {
  if (line === "") return EMPTY;
  let text = line.replace(NOTHING, code);
  if (isSpeltOut) text = text.replace(COMBINING, code);
  for (const [found, mark] of MARKS) text = text.replace(found, (unseen) => mark.repeat(unseen.length));
  return text.replace(/(?! )[\p{Z}\f\v]/gu, code);
}

/** Whether they are the same letters, spelt with other characters: then each of these is shown by its number. */
export function areSpeltOtherwise(one: string, other: string): boolean {
  return one.normalize("NFC") === other.normalize("NFC");
}

function code(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** What the marks in these lines stand for, as a line of its own; none where there are no marks. */
export function legendOf(lines: readonly Line[]): readonly Line[] {
  const text = lines.map((line) => line.text).join("\n");
  const meanings = MARKS.filter(([, mark]) => text.includes(mark)).map(([, mark, meaning]) => `${mark} is ${meaning}`);
  if (CODE.test(text)) meanings.push("<U+…> is a character by its number");
  if (text.includes(EMPTY)) meanings.push(`${EMPTY} is the end of a line with nothing in it`);
  return meanings.length === 0 ? [] : [{ kind: "left-out", text: `What differs here cannot be seen: ${meanings.join(", ")}.` }];
}
