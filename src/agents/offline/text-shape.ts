// What a text looks like before anybody asks what it says: lines, labels with values, headed blocks, sentences.
import { nameWords } from "./words.ts";

/** One line of a text. */
export interface Line {
  /** Without indentation and bullet. */
  readonly text: string;
  /** Where {@link text} begins in the source. */
  readonly start: number;
  /** How far {@link text} stands from the left edge, in characters. */
  readonly column: number;
  readonly bullet: boolean;
  readonly blank: boolean;
}

/** `Label: value`, wherever it stands. */
export interface Field {
  readonly label: string;
  readonly words: readonly string[];
  readonly value: string;
  readonly start: number;
}

/** A heading and the lines below it, up to the next heading. */
export interface Block {
  readonly heading: string;
  readonly words: readonly string[];
  readonly lines: readonly Line[];
  /** The heading ends with a colon: it is a label, not a title. */
  readonly colon: boolean;
  /** How many of the lines come before the first blank one. */
  readonly first: number;
  readonly start: number;
}

/** One sentence, or one line of a list. */
export interface Sentence {
  readonly text: string;
  readonly start: number;
}

const BULLET = /^(?:[-*•‣–·+]|\d{1,3}[.)]|\[[ x]\]|#{1,6})[ \t]+(?:\[[ xX]\][ \t]+)?/;

/** Splits a text into lines; indentation, bullets and Markdown emphasis around labels are taken off. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const raw of text.split("\n")) {
    const indent = raw.length - raw.trimStart().length;
    const trimmed = raw.trim();
    const mark = BULLET.exec(trimmed)?.[0] ?? "";
    const bullet = mark !== "" && !mark.startsWith("#");
    lines.push({
      text: trimmed.slice(mark.length),
      start: at + indent + mark.length,
      column: indent + mark.length,
      bullet,
      blank: trimmed === "",
    });
    at += raw.length + 1;
  }
  return lines;
}

const LABEL = /^[\p{L}\p{N}][^:=\n.!?;,]{0,48}$/u;

/** Cuts a line where two labels share it: at tabs, bars and wide gaps. */
function segmentsOf(line: Line): readonly { readonly text: string; readonly start: number }[] {
  const segments: { text: string; start: number }[] = [];
  let from = 0;
  // A mark between two labels parts them; between other things it parts the entries of one list.
  const parts = (line.text.match(/:\s/g) ?? []).length > 1;
  for (const gap of line.text.matchAll(/\t+| {2,}|[ ]?[|·•;](?=[ ])|(?<=[.!?]) (?=\p{Lu}[\p{L}' ]{1,30}: )/gu)) {
    if (!parts && /[|·•;]/.test(gap[0])) continue;
    segments.push({ text: line.text.slice(from, gap.index), start: line.start + from });
    from = gap.index + gap[0].length;
  }
  segments.push({ text: line.text.slice(from), start: line.start + from });
  return segments;
}

/** The labels with values of one line. */
export function fieldsOf(line: Line): readonly Field[] {
  const fields: Field[] = [];
  const segments = segmentsOf(line);
  for (const [index, segment] of segments.entries()) {
    const field = labelled(segment.text, segment.start);
    if (field !== null) fields.push(index > 0 ? firstSentence(field) : field);
    else if (index === 1 && fields.length === 0 && segments.length === 2) pushColumn(fields, [segments[0], segment]);
  }
  return fields;
}

/** A label in the middle of a line speaks for one sentence, not for all that follows. */
function firstSentence(field: Field): Field {
  const value = splitSentences(field.value)[0]?.text ?? "";
  return { ...field, value: value.replace(/[.;]$/, "") };
}

/** Two columns without a colon: `Total      45.00`. */
function pushColumn(fields: Field[], pair: readonly ({ readonly text: string; readonly start: number } | undefined)[]): void {
  const [left, right] = pair;
  if (left === undefined || right === undefined || !isLabel(left.text) || right.text.trim() === "") return;
  fields.push(fieldAt(left.text, right.text, right.start));
}

function labelled(text: string, start: number): Field | null {
  const cut = /[:=](?=\s|\*|$)| [–—-] (?=\S)/.exec(text.slice(0, 80));
  if (cut === null) return null;
  const label = text.slice(0, cut.index).replaceAll("*", "").trim();
  const value = text.slice(cut.index + cut[0].length);
  if (!isLabel(label) || value.replaceAll("*", "").trim() === "") return null;
  const dashed = cut[0].length === 3;
  if (dashed && nameWords(label).length > 2) return null;
  return fieldAt(label, value, start + cut.index + cut[0].length);
}

function fieldAt(label: string, value: string, start: number): Field {
  const lead = /^[\s*_`]*/.exec(value)?.[0].length ?? 0;
  return { label: label.trim(), words: nameWords(label), value: value.slice(lead).replace(/[\s*_`]{1,20}$/, ""), start: start + lead };
}

function isLabel(text: string): boolean {
  const label = text.trim();
  return LABEL.test(label) && wordCount(label) <= 6;
}

function wordCount(text: string): number {
  return text.split(" ").length;
}

/** Does the line stand above others and name them? */
function isHeading(lines: readonly Line[], index: number): boolean {
  const line = lines[index];
  if (line === undefined || line.blank || line.bullet || line.text.length > 70) return false;
  const text = line.text.replaceAll(/[*_#]/g, "").trim();
  if (/^[-=_~]{3,}$/.test(text)) return false;
  const next = lines[index + 1];
  if (next === undefined) return false;
  if (text.endsWith(":")) return wordCount(text) <= 10;
  if (/^[=-]{3,}$/.test(next.text)) return true;
  if (!/^\p{Lu}[^.!?;]*$/u.test(text) || wordCount(text) > 6 || text.includes(": ")) return false;
  const opens = index === 0 || lines[index - 1]?.blank === true;
  const shouts = text === text.toUpperCase() && /\p{Lu}{3}/u.test(text) && !/\d{2}/.test(text);
  const plain = !/[,@\d]/.test(text);
  return shouts || (next.bullet && (opens || plain)) || (opens && !next.blank && plain);
}

/** The headed blocks of a text. A block after `Heading:` ends at the first blank line after its content. */
export function blocksOf(lines: readonly Line[]): readonly Block[] {
  const blocks: Block[] = [];
  let open: { heading: string; lines: Line[]; first: number; start: number; colon: boolean } | null = null;
  const close = (): void => {
    if (open !== null && open.lines.length > 0) {
      blocks.push({
        heading: open.heading,
        words: nameWords(open.heading),
        lines: open.lines,
        colon: open.colon,
        first: open.first || open.lines.length,
        start: open.start,
      });
    }
    open = null;
  };
  for (const [index, line] of lines.entries()) {
    if (isHeading(lines, index)) {
      close();
      const heading = line.text.replaceAll(/[*_#:]/g, "").trim();
      open = { heading, lines: [], first: 0, start: line.start, colon: line.text.includes(":") };
    } else if (open !== null) {
      if (!line.blank && !/^[-=_~]{3,}$/.test(line.text)) open.lines.push(line);
      else if (line.blank && open.first === 0) open.first = open.lines.length;
      if (line.blank && open.colon && open.lines.length > 0 && lines[index + 1]?.bullet !== true) close();
    }
  }
  close();
  return blocks;
}

const ABBREVIATION = /(?:^|\s)(?:[A-Z]|Dr|Mr|Mrs|Ms|Prof|St|No|Nr|vs|etc|e\.g|i\.e|approx|Inc|Ltd|Co|Jr|Sr|Art|Fig|p)\.$/;

/** The sentences of a text. Lines of a list and lines after a blank one are sentences of their own. */
export function sentencesOf(lines: readonly Line[]): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let text = "";
  let start = 0;
  const flush = (): void => {
    for (const part of splitSentences(text)) sentences.push({ text: part.text, start: start + part.start });
    text = "";
  };
  for (const [index, line] of lines.entries()) {
    const own = line.bullet || line.blank || lines[index - 1]?.bullet === true || isShort(lines[index - 1]);
    if (own) flush();
    if (line.blank) continue;
    if (text === "") start = line.start;
    // Same length as the source has between two lines, so that offsets stay true.
    text += text === "" ? line.text : " ".repeat(Math.max(1, line.start - start - text.length)) + line.text;
  }
  flush();
  return sentences;
}

/** A line this short was ended on purpose, not wrapped. */
function isShort(line: Line | undefined): boolean {
  return line !== undefined && line.text.length < 40;
}

function splitSentences(text: string): readonly Sentence[] {
  const parts: Sentence[] = [];
  let from = 0;
  for (const end of text.matchAll(/[.!?…]{1,9}["”’)]{0,3}(?=\s+["“‘(]{0,2}[\p{Lu}\p{N}])/gu)) {
    const until = end.index + end[0].length;
    if (end[0] === "." && ABBREVIATION.test(text.slice(Math.max(from, until - 8), until))) continue;
    parts.push({ text: text.slice(from, until), start: from });
    from = until;
  }
  parts.push({ text: text.slice(from), start: from });
  return parts.map((part) => trimmed(part)).filter((part) => part.text !== "");
}

function trimmed(part: Sentence): Sentence {
  const lead = part.text.length - part.text.trimStart().length;
  return { text: part.text.trim().replaceAll(/ {2,}/g, " "), start: part.start + lead };
}
