import type { Candidate } from "./candidates.ts";
import { blockCandidates, entityCandidates, fieldAt, fieldCandidates } from "./candidates.ts";
import { fitString, isNone } from "./conform.ts";
import type { Entity, EntityKind } from "./entities.ts";
import type { Ask, Found } from "./found.ts";
import { byScore, found } from "./found.ts";
import { kinOf } from "./kin.ts";
import { beginsSentence, isOrganisation, isPersonLike } from "./names.ts";
import { currencyIn } from "./numbers.ts";
import { labelFit } from "./profile.ts";
import { hintOf, numberOfKey, textOf } from "./schema.ts";
import { isDoing, postsIn } from "./posts.ts";
import type { Source } from "./source.ts";
import { stem } from "./stems.ts";
import { clip, isGreeting, sentenceAbout, summarize } from "./summary.ts";
import type { TextKind } from "./text-kind.ts";
import { textKindOf } from "./text-kind.ts";
import type { Line } from "./text-shape.ts";
import { wordsOf } from "./words.ts";

/** Everything in the text that could fill a string property, best first. */
export function stringCandidates(ask: Ask): readonly Found[] {
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  const raw = kind === "long" ? longTexts(ask) : kind === "query" ? queries(ask) : kind === "currency" ? currencies(ask) : placed(ask, kind);
  if (raw.some((one) => one.score >= 0.6 && typeof one.value === "string" && isNone(one.value.trim()))) return [];
  const fitting: Found[] = [];
  for (const one of raw) {
    const fit = typeof one.value === "string" ? fitString(ask.schema, one.value.trim()) : null;
    if (fit !== null && fit !== "") fitting.push({ ...one, value: fit });
  }
  // Formats often bring a pattern along; those texts were looked for by their shape already.
  if (textOf(ask.schema, "pattern") !== "" && textOf(ask.schema, "format") === "") fitting.push(...byPattern(ask));
  return fitting.sort(byScore).slice(0, 24);
}

function placed(ask: Ask, kind: TextKind): readonly Found[] {
  const { profile, source } = ask;
  const labelled = [...fieldCandidates(profile, source), ...blockCandidates(profile, source)].map((one) => ({ ...one, score: one.score + LABELLED }));
  const read = READERS[kind] ?? phraseOf;
  const all = [...labelled.flatMap((one) => read(one, ask)), ...seen(ask, kind)];
  if (kind === "title" || kind === "organisation" || (kind === "person" && ask.profile.words.length < 3)) all.push(...firstLines(ask, kind));
  if (kind === "role") all.push(...headRoles(ask));
  if (kind === "role" || kind === "organisation") all.push(...posts(ask, kind));
  if (kind === "place") all.push(...loneNames(ask));
  return all;
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
  return text === "" || text.length > 80 || /[@:\d]/.test(text) ? [] : [at(candidate, text)];
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
  role: (candidate) => [at(candidate, candidate.text.split(/\s(?:at|with|for|in)\s(?=\p{Lu}|the )|\s[–—|(-]\s?|,\s/u)[0] ?? "")],
  person: nameIn,
  organisation: (candidate) => [at(candidate, (candidate.text.split(/\s*[(<|;]\s*/)[0] ?? "").split(/,(?! (?:Inc|Ltd|LLC|Co)\b)/)[0] ?? "")],
};

const SHAPES: Partial<Record<TextKind, readonly [kind: EntityKind, prior: number]>> = {
  email: ["email", 0.36],
  url: ["url", 0.36],
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
  const candidates = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === shape[0] ? shape[1] + bonus(ask.source, entity, kind) + introduced(ask, entity, kind) : null));
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
  const before = ask.source.text.slice(Math.max(0, entity.start - 20), entity.start);
  if (kind === "place") return /\b(?:live|lives|living|based|located|resident|situated|moved) (?:in|at|near|to) $/i.test(before) ? 0.35 : 0;
  if (kind === "code") return numbered(entity, before);
  if (kind === "organisation") return /\b(?:at|with|by|from|for)(?: the)? $/i.test(before) ? 0.12 : 0;
  if (kind !== "person" || ask.profile.words.length > 2) return 0;
  return /\b(?:name(?: is|:|'s)?|called|named|i am|i'm|this is) $/i.test(ask.source.text.slice(Math.max(0, entity.start - 14), entity.start)) ? 0.35 : 0;
}

/** `No. 17` near the top is the number of the document itself. */
function numbered(entity: Entity, before: string): number {
  if (!/(?:\bn[or]\.?|\bnumber|#|\bid|\bref\.?):? ?#?$/i.test(before)) return 0;
  return entity.start < 300 ? 0.2 : 0.1;
}

function bonus(source: Source, entity: Entity, kind: TextKind): number {
  const lone = !entity.text.includes(" ") && beginsSentence(source.text, entity.start) ? -0.25 : 0;
  if (kind === "person") return lone + (isPersonLike(entity.text) ? 0.12 : -0.1);
  if (kind === "organisation") return lone + (isOrganisation(entity.text) ? 0.2 : 0);
  if (kind === "phrase") return lone;
  if (kind === "place") return lone + (isOrganisation(entity.text) ? -0.3 : 0);
  if (kind === "code") return /\p{L}/u.test(entity.text) ? 0.06 : 0;
  return 0;
}

function dates(ask: Ask, kind: "date" | "date-time"): readonly Found[] {
  const strict = textOf(ask.schema, "format") !== "" || /\bISO|YYYY/i.test(hintOf(ask.schema));
  const apart = isRelated(ask);
  const candidates = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === "date" ? 0.15 + ownDay(ask, entity, apart) + relation(ask, entity) : null));
  return candidates.flatMap((one) => {
    const iso = String(one.entity?.value ?? "");
    const full = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso : /^\d{4}-\d{2}$/.test(iso) ? `${iso}-01` : null;
    if (kind === "date-time" && full !== null) return [at(one, `${full}T${timeNear(ask, one)}Z`)];
    if (strict || full === iso) return full === null ? [] : [at(one, full)];
    return [at(one, one.text)];
  });
}

const RELATED = new Set(["due", "start", "end", "next", "birth", "past"]);

/** Does the property want a day other than the text's own: a deadline, a birthday, the next time? */
function isRelated(ask: Ask): boolean {
  const own = ask.profile.terms.filter((term) => term.weight >= 0.4);
  return [...own, ...ask.profile.hints].some((term) => term.kin.some((group) => RELATED.has(group)));
}

/** `until`, `from`, `born` right before a day say which day it is. */
function relation(ask: Ask, entity: Entity): number {
  const wanted = [...ask.profile.terms.filter((term) => term.weight >= 0.4), ...ask.profile.hints].flatMap((term) => term.kin).filter((group) => RELATED.has(group));
  if (wanted.length === 0) return 0;
  const before = wordsOf(ask.source.text.slice(Math.max(0, entity.start - 16), entity.start)).slice(-2);
  return before.some((word) => kinOf(word).some((group) => wanted.includes(group))) ? 0.2 : 0;
}

/** A bare `Date:` is the day the text itself was written for. */
function ownDay(ask: Ask, entity: Entity, apart: boolean): number {
  if (!/^(?:date|dated)$/i.test(fieldAt(ask.source, entity.start)?.label ?? "")) return 0;
  return apart ? -0.25 : 0.1;
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
    const labelled = kind === "person" && index === 0 ? (/^[\p{L} ]{2,30}: (.{3,60})$/u.exec(line.text)?.[1] ?? "") : "";
    if (isPersonLike(labelled)) return [{ value: labelled, score: 0.38, start: line.start, end: line.start + line.text.length }];
    const whole = headText(line, ask);
    const text = kind === "person" ? (whole.split(/\s*[,|·–—]\s*/)[0] ?? "") : whole;
    if (text === "" || (kind === "person" && (index > 1 || !isPersonLike(text) || !isOwnName(text, ask)))) return [];
    if (kind === "organisation" && !(isOrganisation(text) || (isGiver(ask) && isOwnName(text, ask)))) return [];
    const mailed = kind === "person" && isMailed(text, ask) ? 0.2 : 0;
    return [{ value: text, score: mailed + (kind === "person" ? 0.45 : kind === "organisation" && !isOrganisation(text) ? 0.37 : 0.4) - index * 0.06, start: line.start, end: line.start + text.length }];
  });
}

/** An e-mail address in the text that has the name in it says whose text it is. */
function isMailed(name: string, ask: Ask): boolean {
  const words = wordsOf(name).filter((word) => word.length > 2);
  const boxes = ask.source.entities.filter((one) => one.kind === "email").slice(0, 20).map((one) => one.text.toLowerCase().split("@")[0] ?? "");
  return boxes.some((box) => words.some((word) => box.includes(word)));
}

function isGiver(ask: Ask): boolean {
  return [...ask.profile.terms, ...ask.profile.hints].some((term) => term.kin.includes("giver"));
}

/** A row of capitalised words that the prompt did not use already: a name rather than the kind of document. */
function isOwnName(text: string, ask: Ask): boolean {
  const asked = new Set(wordsOf(`${ask.instructions} ${hintOf(ask.schema)}`).map(stem));
  return /^\p{Lu}[\p{L}&.'’ -]{2,60}$/u.test(text) && !wordsOf(text).some((word) => asked.has(stem(word)));
}

/** The line as a title: without its date and a remark in brackets; empty where it is no title. */
function headText(line: Line, ask: Ask): string {
  const day = ask.source.entities.find((one) => one.kind === "date" && one.start > line.start && one.end >= line.start + line.text.length - 2 && one.end <= line.start + line.text.length);
  const text = (day === undefined ? line.text : line.text.slice(0, day.start - line.start))
    .replaceAll(/[#*_]/g, "")
    .replace(/\s*\([^()]{0,80}\)?\s*$/, "")
    .replace(/[\s,–—(-]{1,4}$/, "")
    .trim();
  if (isGreeting(text)) return "";
  const labelled = ask.source.fields.some((field) => field.start > line.start && field.start <= line.start + line.text.length && line.text.includes(": "));
  return text.length <= 90 && !line.bullet && !labelled && !/[.!?:,]$/.test(text) && !/@|^\+?\d/.test(text) ? text : "";
}

/** The roles or the places of the posts the text tells of; those that go on for what is asked of today. */
function posts(ask: Ask, kind: TextKind): readonly Found[] {
  const groups = ask.profile.terms.filter((term) => term.weight >= 0.4).flatMap((term) => term.kin);
  if (kind === "organisation" && (groups.includes("giver") || groups.includes("receiver"))) return [];
  const [now, past] = [groups.includes("current"), groups.includes("past")];
  return postsIn(ask.source).map((post, index): Found => {
    const time = now ? (post.current ? 0.2 : -0.3) : past ? (post.current ? -0.3 : 0.1) : 0.05;
    return { value: kind === "role" ? post.role : post.place, score: 0.45 + time - Math.min(5, index) * 0.01, start: -1, end: -1 };
  });
}

/** Below or beside the name at the head of a text stands what its bearer does. */
function headRoles(ask: Ask): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 3);
  return heads.flatMap((line, index): readonly Found[] => {
    const parts = line.text.length > 160 ? [] : line.text.replaceAll(/[#*_]/g, "").split(/\s*[,|·]\s*|\s[–—-]\s/);
    const role = parts.find((part) => isDoing(part) && !/[@\d.:]/.test(part) && part.split(" ").length <= 5 && !(index === 0 && part === parts[0]));
    return role === undefined ? [] : [found(role.trim(), 0.42 - index * 0.03)];
  });
}

/** In the head of a text, a name that stands alone between separators is where somebody is. */
function loneNames(ask: Ask): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 5);
  return heads.flatMap((line, index) => {
    if (index > 0 && /^\p{Lu}[\p{L} '-]{1,30}, \p{Lu}[\p{L} '-]{1,30}$/u.test(line.text) && !isDoing(line.text)) {
      return [{ value: line.text, score: 0.45, start: line.start, end: line.start + line.text.length }];
    }
    const parts = line.text.length > 200 ? [] : line.text.split(/\s*[|·•]\s*/);
    const alone = parts.length < 2 ? [] : parts.filter((part) => /^\p{Lu}[\p{L}.'-]*(?:,? \p{Lu}[\p{L}.'-]*){0,3}$/u.test(part));
    return alone.map((text): Found => ({ value: text, score: 0.38, start: line.start + line.text.indexOf(text), end: line.start + line.text.indexOf(text) + text.length }));
  });
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
  if (near !== null && near.score >= 0.2 && near.sentence.text.length <= 120) return near.sentence.text;
  // A name alone on the first line is whose letter it is: better than nothing for a property nothing else is known of.
  const head = ask.source.lines.find((line) => !line.blank)?.text ?? "";
  return isOwnName(head, ask) ? head : null;
}

/** Who wrote: the text's sender, the name it gives, the name below its last line. */
function senderOf(ask: Ask, kind: TextKind): string | null {
  const field = ask.source.fields.find((one) => /(?:^|\s)(?:from|name|sender|by|author)$/i.test(one.label));
  const named = field === undefined ? "" : (field.value.split(/\s*[<(,]/)[0] ?? "");
  if (named !== "" && !named.includes("@")) return named;
  const last = ask.source.lines.filter((line) => !line.blank).at(-1)?.text ?? "";
  if (isPersonLike(last)) return last;
  const wanted = ask.source.entities.find((one) => one.kind === "name" && (kind === "person" ? isPersonLike(one.text) : isOrganisation(one.text)));
  return wanted?.text ?? null;
}
