import type { Line } from "./description.ts";
import type { Differ } from "./differ.ts";
import { areSpeltOtherwise, legendOf, lookOf, marked } from "./invisible.ts";
import { clip, count } from "./shown-value.ts";

/** How wide a line of text is shown. */
const WIDTH = 100;
/** A word that is longer than a line, in pieces that are not. */
const PIECES = new RegExp(`.{1,${WIDTH}}`, "gsu");
/** How many sentences that are the same are shown around one that is not. */
const AROUND = 1;
/** A sentence longer than this is cut. */
const LONGEST = 400;
/** So many lines are shown. */
const MOST_LINES = 40;

/** What differs between two texts, sentence by sentence, each wrapped. */
export function textLines(recorded: string, now: string, differ: Differ): readonly Line[] {
  const was = sentencesOf(recorded);
  const is = sentencesOf(now);
  const starts = sharedStart(was, is);
  const ends = sharedStart(was.slice(starts).reverse(), is.slice(starts).reverse());
  const [gone, come] = [was.slice(starts, was.length - ends), is.slice(starts, is.length - ends)];
  const lines: Line[] = [...same(was.slice(0, starts), "before")];
  for (const stretch of differ(gone, come) ?? [{ isSame: false, recorded: gone, now: come }]) {
    if (stretch.isSame) lines.push(...same(stretch.now, "between"));
    else lines.push(...changed(stretch.recorded, stretch.now));
  }
  lines.push(...same(was.slice(was.length - ends), "after"));
  return lines.length <= MOST_LINES ? lines : [...lines.slice(0, MOST_LINES), leftOut(`${count(lines.length - MOST_LINES)} more lines`)];
}

/** Lines, and sentences within a line that is long. */
function sentencesOf(text: string): readonly string[] {
  return text.split("\n").flatMap((line) => (line.length <= WIDTH ? [line] : line.split(/(?<=[.!?:;]) (?! |$)/)));
}

function sharedStart(one: readonly string[], other: readonly string[]): number {
  let at = 0;
  while (at < one.length && at < other.length && one[at] === other[at]) at++;
  return at;
}

function same(sentences: readonly string[], where: "before" | "between" | "after"): readonly Line[] {
  const first = where === "before" ? 0 : AROUND;
  const last = where === "after" ? 0 : AROUND;
  if (sentences.length <= first + last + 1) return sentences.flatMap((text) => wrapped("same", clip(text, LONGEST)));
  return [
    ...sentences.slice(0, first).flatMap((text) => wrapped("same", clip(text, LONGEST))),
    leftOut(`${count(sentences.length - first - last)} lines that are the same`),
    ...sentences.slice(sentences.length - last).flatMap((text) => (last === 0 ? [] : wrapped("same", clip(text, LONGEST)))),
  ];
}

function changed(recorded: readonly string[], now: readonly string[]): readonly Line[] {
  const isUnseen = areAlike(recorded, now);
  const isSpeltOut = isUnseen && areSpeltOtherwise(recorded.join(" "), now.join(" "));
  const from = recorded.length === 1 && now.length === 1 ? firstDifference(recorded[0] ?? "", now[0] ?? "") : 0;
  const shown = (text: string): string => {
    const part = clip(text, LONGEST, from);
    return isUnseen ? marked(part, isSpeltOut) : part;
  };
  const say = (kind: "recorded" | "now", texts: readonly string[]): readonly Line[] => [
    ...texts.slice(0, MOST_LINES).flatMap((text) => wrapped(kind, shown(text))),
    ...(texts.length <= MOST_LINES ? [] : [leftOut(`${count(texts.length - MOST_LINES)} more lines`)]),
  ];
  const lines = [...say("recorded", recorded), ...say("now", now)];
  return isUnseen ? [...lines, ...legendOf(lines)] : lines;
}

/** Whether they look the same as a whole, or some sentence of them does: then nobody would see in what it differs. */
function areAlike(recorded: readonly string[], now: readonly string[]): boolean {
  if (lookOf(recorded.join("\n")) === lookOf(now.join("\n"))) return true;
  const looks = new Set(now.map(lookOf));
  return recorded.some((text) => text !== "" && looks.has(lookOf(text)));
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function leftOut(what: string): Line {
  return { kind: "left-out", text: `… ${what}` };
}

function wrapped(kind: "same" | "recorded" | "now", text: string): readonly Line[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(" ").flatMap((word) => (word.length <= WIDTH ? [word] : (word.match(PIECES) ?? [word])));
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each) => ({ kind, text: each }));
}
