import type { Candidate } from "./candidates.ts";
import { blockCandidates, entityCandidates, fieldCandidates } from "./candidates.ts";
import { fitString, isNone } from "./conform.ts";
import { dayCandidates } from "./days.ts";
import type { Entity, EntityKind } from "./entities.ts";
import type { Ask, Found } from "./found.ts";
import { at, byScore, found } from "./found.ts";
import { headCandidates } from "./heads.ts";
import { longTexts, queries } from "./long-texts.ts";
import { beginsSentence, isOrganisation, isPersonLike } from "./names.ts";
import { currencyIn } from "./numbers.ts";
import { hintOf, textOf } from "./schema.ts";
import type { Source } from "./source.ts";
import { clip } from "./summary.ts";
import type { TextKind } from "./text-kind.ts";
import { textKindOf } from "./text-kind.ts";

/** Everything in the text that could fill a string property, best first. */
export function stringCandidates(ask: Ask): readonly Found[] {
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  const raw =
    kind === "long" ? longTexts(ask) : kind === "query" ? queries(ask) : kind === "currency" ? currencies(ask) : placed(ask, kind);
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
  const labelled = [...fieldCandidates(profile, source), ...blockCandidates(profile, source)].map((one) => ({
    ...one,
    score: one.score + LABELLED,
  }));
  const read = READERS[kind] ?? phraseOf;
  const all = [...labelled.flatMap((one) => read(one, ask)), ...seen(ask, kind)];
  return [...all, ...headCandidates(ask, kind)];
}

/** What stands behind a label was put there on purpose. */
const LABELLED = 0.1;

type ReadLabelled = (candidate: Candidate, ask: Ask) => readonly Found[];

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
  const text =
    candidate.text
      .split(/\s*[,(<|;–—]\s*|\s+-\s+/)[0]
      ?.trim()
      .replace(/[.:]$/, "") ?? "";
  return text === "" || text.length > 80 || /[@:]|^[\p{Sc}\d.,\s%]+$/u.test(text) ? [] : [at(candidate, text)];
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
  organisation: (candidate) => [
    at(candidate, (candidate.text.split(/\s*[(<|;]\s*/)[0] ?? "").split(/,(?! (?:Inc|Ltd|LLC|Co)\b)/)[0] ?? ""),
  ],
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
  if (kind === "date" || kind === "date-time") return dayCandidates(ask, kind);
  const shape = SHAPES[kind];
  if (shape === undefined) return [];
  const candidates = entityCandidates(ask.profile, ask.source, (entity) =>
    entity.kind === shape[0] ? shape[1] + bonus(ask.source, entity, kind) + introduced(ask, entity, kind) : null,
  );
  return candidates
    .filter((one) => shape[1] >= 0.2 || one.score > Math.max(0, shape[1] + 0.13))
    .map((one) => at(one, shapedValue(one, ask)));
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
  return /\b(?:name(?: is|:|'s)?|called|named|i am|i'm|this is) $/i.test(
    ask.source.text.slice(Math.max(0, entity.start - 14), entity.start),
  )
    ? 0.35
    : 0;
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

function currencies(ask: Ask): readonly Found[] {
  const code = currencyIn(ask.source.text.slice(0, 50_000));
  const labelled = fieldCandidates(ask.profile, ask.source).flatMap((one) => {
    const named = currencyIn(one.text);
    return named === null ? [] : [at(one, named)];
  });
  return code === null ? labelled : [...labelled, found(code, 0.6)];
}

/** Words and groups of words that the schema's pattern accepts. */
function byPattern(ask: Ask): readonly Found[] {
  const codes = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === "name" ? null : 0.3));
  const words = ask.source.tokens
    .slice(0, 2_000)
    .map((token): Found => ({ value: token.text, score: 0.2, start: token.start, end: token.end }));
  return [...codes.map((one) => at(one, one.text)), ...words].flatMap((one) => {
    const fit = typeof one.value === "string" && one.value.length <= 64 ? fitString(ask.schema, one.value) : null;
    return fit === null || fit === "" ? [] : [{ ...one, value: fit }];
  });
}
