import type { Candidate } from "./candidates.ts";
import { blockCandidates, entityCandidates, fieldCandidates } from "./candidates.ts";
import { fitString } from "./conform.ts";
import type { Entity, EntityKind } from "./entities.ts";
import type { Ask, Found } from "./found.ts";
import { byScore, found } from "./found.ts";
import { isOrganisation, isPersonLike } from "./names.ts";
import { currencyIn } from "./numbers.ts";
import { labelFit } from "./profile.ts";
import { hintOf, numberOfKey, textOf } from "./schema.ts";
import { clip, sentenceAbout, summarize } from "./summary.ts";
import type { TextKind } from "./text-kind.ts";
import { textKindOf } from "./text-kind.ts";
import type { Line } from "./text-shape.ts";
import { wordsOf } from "./words.ts";

/** Everything in the text that could fill a string property, best first. */
export function stringCandidates(ask: Ask): readonly Found[] {
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  const raw = kind === "long" ? longTexts(ask) : kind === "query" ? queries(ask) : kind === "currency" ? currencies(ask) : placed(ask, kind);
  const fitting: Found[] = [];
  for (const one of raw) {
    const fit = typeof one.value === "string" ? fitString(ask.schema, one.value.trim()) : null;
    if (fit !== null && fit !== "") fitting.push({ ...one, value: fit });
  }
  if (textOf(ask.schema, "pattern") !== "") fitting.push(...byPattern(ask));
  return fitting.sort(byScore).slice(0, 24);
}

function placed(ask: Ask, kind: TextKind): readonly Found[] {
  const { profile, source } = ask;
  const labelled = [...fieldCandidates(profile, source), ...blockCandidates(profile, source)].map((one) => ({ ...one, score: one.score + LABELLED }));
  const read = READERS[kind] ?? phraseOf;
  const all = [...labelled.flatMap((one) => read(one, ask)), ...seen(ask, kind)];
  return kind === "title" || (kind === "person" && ask.profile.words.length < 3) ? [...all, ...firstLines(ask, kind)] : all;
}

/** What stands behind a label was put there on purpose. */
const LABELLED = 0.1;

type ReadLabelled = (candidate: Candidate, ask: Ask) => readonly Found[];

function at(candidate: Candidate, value: string, score = candidate.score): Found {
  return { value, score, start: candidate.start, end: candidate.end };
}

/** The value of a label as it stands, without a remark in brackets behind it. */
function phraseOf(candidate: Candidate): readonly Found[] {
  const text = candidate.text.replace(/\s*\([^()]{0,200}\)\s*$/, "").replace(/[.;,]$/, "");
  return text === "" ? [] : [at(candidate, text.length > 200 ? clip(text, 200) : text)];
}

function nothing(): readonly Found[] {
  return [];
}

/** A name ends where the line goes on about something else. */
function nameIn(candidate: Candidate): readonly Found[] {
  const text = candidate.text.split(/\s*[,(<|;–—]\s*|\s+-\s+/)[0]?.trim().replace(/[.:]$/, "") ?? "";
  return text === "" || text.length > 80 ? [] : [at(candidate, text)];
}

/** Kinds whose values have a shape are read from the shape, wherever the label stands. */
const READERS: Partial<Record<TextKind, ReadLabelled>> = {
  email: nothing,
  url: nothing,
  phone: nothing,
  date: nothing,
  "date-time": nothing,
  time: nothing,
  code: (candidate) => (/^\S{1,40}$/.test(candidate.text.replace(/^#/, "")) ? [at(candidate, candidate.text.replace(/^#/, ""))] : []),
  person: nameIn,
  organisation: (candidate) => [at(candidate, (candidate.text.split(/\s*[(<|;]\s*/)[0] ?? "").split(/,(?! (?:Inc|Ltd|LLC|Co)\b)/)[0] ?? "")],
};

const SHAPES: Partial<Record<TextKind, readonly [kind: EntityKind, prior: number]>> = {
  email: ["email", 0.36],
  url: ["url", 0.3],
  phone: ["phone", 0.36],
  time: ["time", 0.2],
  code: ["code", 0],
  address: ["street", 0.36],
  person: ["name", 0.05],
  organisation: ["name", 0.05],
  place: ["name", 0],
  phrase: ["name", -0.05],
};

function seen(ask: Ask, kind: TextKind): readonly Found[] {
  if (kind === "date" || kind === "date-time") return dates(ask, kind);
  const shape = SHAPES[kind];
  if (shape === undefined) return [];
  const candidates = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === shape[0] ? shape[1] + bonus(entity, kind) + introduced(ask, entity, kind) : null));
  return candidates.filter((one) => shape[1] >= 0.2 || one.score > Math.max(0, shape[1] + 0.13)).map((one) => at(one, shapedValue(one, ask)));
}

function shapedValue(candidate: Candidate, ask: Ask): string {
  const entity = candidate.entity;
  if (entity?.kind !== "time") return candidate.text;
  const iso = String(entity.value);
  return textOf(ask.schema, "format") === "time" || /HH:MM:SS/i.test(hintOf(ask.schema)) ? iso : iso.slice(0, 5);
}

/** `my name is …`, `called …`: what follows is somebody's name. */
function introduced(ask: Ask, entity: Entity, kind: TextKind): number {
  if (kind !== "person" || ask.profile.words.length > 2) return 0;
  return /\b(?:name(?: is|:|'s)?|called|named|i am|i'm|this is) $/i.test(ask.source.text.slice(Math.max(0, entity.start - 14), entity.start)) ? 0.35 : 0;
}

function bonus(entity: Entity, kind: TextKind): number {
  if (kind === "person") return isPersonLike(entity.text) ? 0.12 : -0.1;
  if (kind === "organisation") return isOrganisation(entity.text) ? 0.2 : 0;
  if (kind === "code") return /\p{L}/u.test(entity.text) ? 0.06 : 0;
  return 0;
}

function dates(ask: Ask, kind: "date" | "date-time"): readonly Found[] {
  const strict = textOf(ask.schema, "format") !== "" || /\bISO|YYYY/i.test(hintOf(ask.schema));
  const candidates = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === "date" ? 0.15 : null));
  return candidates.flatMap((one) => {
    const iso = String(one.entity?.value ?? "");
    const full = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso : /^\d{4}-\d{2}$/.test(iso) ? `${iso}-01` : null;
    if (kind === "date-time" && full !== null) return [at(one, `${full}T${timeNear(ask, one)}Z`)];
    if (strict || full === iso) return full === null ? [] : [at(one, full)];
    return [at(one, one.text)];
  });
}

/** The time of day on the same line; midnight where there is none. */
function timeNear(ask: Ask, date: Candidate): string {
  const near = ask.source.entities.find((one) => one.kind === "time" && Math.abs(one.start - date.end) < 40 && !ask.source.text.slice(Math.min(date.start, one.start), one.end).includes("\n"));
  return near === undefined ? "00:00:00" : String(near.value);
}

function currencies(ask: Ask): readonly Found[] {
  const code = currencyIn(ask.source.text.slice(0, 50_000));
  const labelled = fieldCandidates(ask.profile, ask.source).flatMap((one) => {
    const named = currencyIn(one.text);
    return named === null ? [] : [at(one, named)];
  });
  return code === null ? labelled : [...labelled, found(code, 0.6)];
}

/** Where nothing is labelled, a document's head says its title, and often whose it is. */
function firstLines(ask: Ask, kind: TextKind): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 4);
  return heads.flatMap((line, index): readonly Found[] => {
    const text = headText(line, ask);
    if (text === "" || (kind === "person" && (index > 1 || !isPersonLike(text)))) return [];
    return [{ value: text, score: (kind === "person" ? 0.45 : 0.4) - index * 0.06, start: line.start, end: line.start + text.length }];
  });
}

/** The line as a title: without its date and a remark in brackets; empty where it is no title. */
function headText(line: Line, ask: Ask): string {
  const day = ask.source.entities.find((one) => one.kind === "date" && one.start > line.start && one.end >= line.start + line.text.length - 2 && one.end <= line.start + line.text.length);
  const text = (day === undefined ? line.text : line.text.slice(0, day.start - line.start))
    .replaceAll(/[#*_]/g, "")
    .replace(/\s*\([^()]{0,80}\)?\s*$/, "")
    .replace(/[\s,–—(-]{1,4}$/, "")
    .trim();
  const labelled = ask.source.fields.some((field) => field.start > line.start && field.start <= line.start + line.text.length && line.text.includes(": "));
  return text.length <= 90 && !line.bullet && !labelled && !/[.!?:,]$/.test(text) && !/@|^\+?\d/.test(text) ? text : "";
}

/** Summaries and other free texts: a labelled passage if there is one, else the sentences that carry the text. */
function longTexts(ask: Ask): readonly Found[] {
  const { profile, source } = ask;
  const asked = `${hintOf(ask.schema)} ${profile.words.join(" ")}`;
  const limit = Math.min(numberOfKey(ask.schema, "maxLength") ?? 400, 4_000);
  const sentences = sentenceCount(asked) ?? (limit < 200 ? 1 : 3);
  const all: Found[] = fieldCandidates(profile, source).map((one) => at(one, one.text));
  for (const block of source.blocks) {
    const score = labelFit(profile, block.words);
    const text = block.lines.map((line) => line.text).join(" ");
    if (score > 0.5) all.push({ value: clip(text, Math.max(limit, 300)), score, start: block.start, end: block.start + text.length });
  }
  const about = wordsOf(`${asked} ${ask.instructions}`).slice(0, 60);
  const summary = summarize(source, { about, sentences, length: Math.max(40, limit) });
  return summary === "" ? all : [...all.filter((one) => one.score > 0.6), found(summary, 0.5)];
}

/** What to look for: the text's subject, else its best sentence. */
function queries(ask: Ask): readonly Found[] {
  const subject = ask.source.fields.find((field) => /^(?:subject|title|re|topic)$/i.test(field.label));
  const text = subject?.value ?? summarize(ask.source, { about: wordsOf(ask.instructions).slice(0, 40), sentences: 1, length: 160 });
  return [...fieldCandidates(ask.profile, ask.source).map((one) => at(one, one.text)), ...(text === "" ? [] : [found(text, 0.4)])];
}

const COUNTS = new Map([["one", 1], ["single", 1], ["a", 1], ["two", 2], ["three", 3], ["four", 4], ["five", 5], ["six", 6]]);

/** `in two sentences` -> 2; null where no number is given. */
export function sentenceCount(text: string): number | null {
  const match = /\b(one|single|a|two|three|four|five|six|\d{1,2})(?:[ -](?:or|to) \w{1,6})?[ -](?:short |brief |concise |plain )?(?:sentences?|lines?|bullets?|bullet points?)\b/i.exec(text);
  if (match === null) return null;
  const word = match[1]?.toLowerCase() ?? "";
  return COUNTS.get(word) ?? Math.max(1, Number(word));
}

/** Words and groups of words that the schema's pattern accepts. */
function byPattern(ask: Ask): readonly Found[] {
  const codes = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === "name" ? null : 0.3));
  const words = ask.source.tokens.slice(0, 2_000).map((token): Found => ({ value: token.text, score: 0.2, start: token.start, end: token.end }));
  return [...codes.map((one) => at(one, one.text)), ...words].flatMap((one) => {
    const fit = typeof one.value === "string" && one.value.length <= 64 ? fitString(ask.schema, one.value) : null;
    return fit === null || fit === "" ? [] : [{ ...one, value: fit }];
  });
}

/** Where a string must be there and nothing speaks for one: a name for a name, a short sentence for a phrase. */
export function guessedString(ask: Ask): Found | null {
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  const guess = kind === "person" || kind === "organisation" ? senderOf(ask, kind) : kind === "place" ? null : shortSentence(ask);
  const fit = guess === null ? null : fitString(ask.schema, guess);
  return fit === null || fit === "" ? null : found(fit, 0.1);
}

function shortSentence(ask: Ask): string | null {
  const near = sentenceAbout(ask.source, [...ask.profile.words, ...wordsOf(hintOf(ask.schema))]);
  return near === null || near.score < 0.2 || near.sentence.text.length > 120 ? null : near.sentence.text;
}

/** Who wrote: the text's sender, the name it gives, the name below its last line. */
function senderOf(ask: Ask, kind: TextKind): string | null {
  const field = ask.source.fields.find((one) => /^(?:from|name|sender|by|author)$/i.test(one.label));
  const named = field === undefined ? "" : (field.value.split(/\s*[<(,]/)[0] ?? "");
  if (named !== "" && !named.includes("@")) return named;
  const last = ask.source.lines.filter((line) => !line.blank).at(-1)?.text ?? "";
  if (isPersonLike(last)) return last;
  const wanted = ask.source.entities.find((one) => one.kind === "name" && (kind === "person" ? isPersonLike(one.text) : isOrganisation(one.text)));
  return wanted?.text ?? null;
}
