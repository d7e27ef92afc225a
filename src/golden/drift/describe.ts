import type { Json } from "../../base/json.ts";
import { isPlainObject } from "../../base/json.ts";
import type { Patch } from "../../model/patch.ts";
import type { Cause } from "./causes.ts";
import { consequenceLines } from "./consequences.ts";
import type { Description, Line } from "./description.ts";
import type { Differ } from "./differ.ts";
import { loadDiffer } from "./differ.ts";
import type { Drift } from "./drift.ts";
import { fieldDifferences } from "./field-differences.ts";
import { failureOf, headlineOf, isRedaction, isRefused, namesOf } from "./headline.ts";
import { areSpeltOtherwise, legendOf, lookAlike, marked } from "./invisible.ts";
import { remedyLines } from "./remedy.ts";
import { clip, count, shownValue } from "./shown-value.ts";
import { textLines } from "./text-lines.ts";
import { otherOrder, toolsByName } from "./tools-by-name.ts";

/** Where a cause was found. */
export interface DescribeOptions {
  /** The golden's file, as it is shown. Default: it is not named. */
  readonly file?: string;
}

/** So many fields that differ are shown. */
const MOST_FIELDS = 12;
/** Text longer than this is shown as text, not as a value. */
const SHORT_TEXT = 60;

/**
 * A cause in words that need no knowledge of Flujo: what has changed, where, what it was (`-`) and is (`+`), what follows
 * from it, and what to do. However large the values are, it is a page at most.
 */
export async function describe(cause: Cause, { file }: DescribeOptions = {}): Promise<Description> {
  const differ = await loadDiffer();
  const lines = [
    ...whereLines(cause, file),
    ...differenceLines(cause.head, differ),
    ...consequenceLines(cause),
    ...remedyLines(cause, file),
  ];
  return { headline: headlineOf(cause), lines };
}

function whereLines({ head, places }: Cause, file: string | undefined): readonly Line[] {
  const path = head.path === "" ? "the run as a whole" : head.path;
  const others = places > 1 ? `, and ${count(places - 1)} more like it` : "";
  return [{ kind: "where", text: `at ${path}${others}${file === undefined ? "" : ` (${file})`}` }];
}

/** What was and what is, as far as it differs. */
function differenceLines(head: Drift, differ: Differ): readonly Line[] {
  const { recorded, now } = head;
  switch (head.class) {
    case "path":
      return pair(String(recorded), String(now));
    case "order":
      return orderLines(namesOf(recorded), namesOf(now));
    case "request":
      if (isRefused(head)) return pair(shownValue(recorded, 240), `not taken: ${clip(String(now), 240)}`);
      if (isRedaction(head)) return pair(`redacted: ${String(recorded)}`, `redacted: ${String(now)}`);
      if (head.about === "tools" || head.about === "providerTools") return toolLines(recorded, now, differ);
      break;
    case "added":
      return sumUp(now).map(({ text }) => ({ kind: "now", text }));
    case "missing":
      return sumUp(recorded);
    case "result":
      if (head.path !== "") return pair(endText(recorded), endText(now));
      break;
    case "context":
      if (head.kind !== "run") return writeLines(writesOf(recorded), writesOf(now), differ);
      break;
    default:
  }
  return valueLines(recorded, now, differ);
}

function pair(recorded: string, now: string): readonly Line[] {
  return [
    { kind: "recorded", text: recorded },
    { kind: "now", text: now },
  ];
}

/** How a run ended that may have failed by itself. */
function endText(end: unknown): string {
  const failure = failureOf(end);
  if (failure !== null) return clip(`${String(failure["message"])} [${String(failure["code"])}]`, 240);
  return isPlainObject(end) ? `the run: ${String(end["status"])}` : "";
}

/** Two orders of the same names, from just before they part to just behind where they meet again. */
function orderLines(recorded: readonly string[], now: readonly string[]): readonly Line[] {
  const isMoved = (name: string, index: number): boolean => name !== recorded[index];
  const from = Math.max(0, now.findIndex(isMoved) - 1);
  const to = Math.min(now.findLastIndex(isMoved) + 2, from + MOST_FIELDS);
  const say = (names: readonly string[]): string =>
    `${from === 0 ? "" : "… "}${names.slice(from, to).map(withoutMark).join(", then ")}${to < names.length ? " …" : ""}`;
  return pair(say(recorded), say(now));
}

/** A decision is told from a step by the mark before its name, which nobody needs to know. */
function withoutMark(name: string): string {
  return name.replace(/^\?/, "");
}

/** Tools are told apart by their names, wherever they stand; that they come in another order is one thing. */
function toolLines(recorded: unknown, now: unknown, differ: Differ): readonly Line[] {
  const was = toolsByName(recorded);
  const is = toolsByName(now);
  if (was === null || is === null) return valueLines(recorded, now, differ);
  const order = otherOrder(was, is);
  return [...valueLines(was, is, differ), ...(order === null ? [] : orderLines(...order))];
}

/** What an operation, or an agent, that came or went asked, and what came of it. */
function sumUp(operation: unknown): readonly Line[] {
  if (!isPlainObject(operation)) return [];
  const { request, response } = operation;
  const fields = isPlainObject(request) ? Object.entries(request) : Object.entries(operation);
  const lines = fields
    .filter(([field]) => field !== "answerSchema" && field !== "after")
    .slice(0, MOST_FIELDS)
    .map(([field, value]) => `${field === "added" ? "prompt" : field}: ${shownValue(field === "added" ? promptIn(value) : value)}`);
  if (isPlainObject(response) && response["status"] === "succeeded") lines.push(`answer: ${shownValue(answerIn(response["value"]))}`);
  if (isPlainObject(response) && isPlainObject(response["failure"]))
    lines.push(`failure: ${shownValue(response["failure"]["message"], 240)}`);
  return lines.map((text) => ({ kind: "recorded", text }));
}

/** What a model was told, if that is one piece of text. */
function promptIn(added: unknown): unknown {
  const only: unknown = Array.isArray(added) && added.length === 1 ? added[0] : null;
  return isPlainObject(only) && "text" in only ? only["text"] : added;
}

/** What a model said, or which tools it called. */
function answerIn(value: unknown): unknown {
  if (!isPlainObject(value) || typeof value["text"] !== "string" || !Array.isArray(value["toolCalls"])) return value;
  return value["toolCalls"].length === 0 ? value["text"] : value["toolCalls"];
}

function writesOf(patches: unknown): readonly string[] {
  return Array.isArray(patches) ? (patches as readonly Patch[]).map(writeText) : [];
}

function writeText(patch: Patch): string {
  switch (patch.op) {
    case "set":
      return `set ${patch.path.join(".")} to ${shownValue(patch.value)}`;
    case "delete":
      return `delete ${patch.path.join(".")}`;
    case "contribute":
      return `contribute ${shownValue(patch.value)} to ${patch.field}${patch.after === undefined ? "" : `, which becomes ${shownValue(patch.after.value)}`}`;
  }
}

function writeLines(recorded: readonly string[], now: readonly string[], differ: Differ): readonly Line[] {
  const stretches = differ(recorded, now) ?? [{ isSame: false, recorded, now }];
  const lines = stretches.flatMap(({ isSame, recorded: was, now: is }): readonly Line[] => {
    if (isSame) return is.map((text) => ({ kind: "same", text }));
    return [...was.map((text): Line => ({ kind: "recorded", text })), ...is.map((text): Line => ({ kind: "now", text }))];
  });
  if (lines.length <= MOST_FIELDS) return lines;
  return [...lines.slice(0, MOST_FIELDS), { kind: "left-out", text: `… ${count(lines.length - MOST_FIELDS)} more writes` }];
}

function valueLines(recorded: unknown, now: unknown, differ: Differ): readonly Line[] {
  const { found, isCut } = fieldDifferences(recorded, now, { limit: MOST_FIELDS, differ });
  const lines: Line[] = [];
  for (const { at, recorded: was, now: is } of found) {
    if (isLong(was) && isLong(is)) {
      if (at !== "") lines.push({ kind: "field", text: `${at}:` });
      lines.push(...textLines(was, is, differ));
      continue;
    }
    const name = at === "" ? "" : `${at}: `;
    if (typeof was === "string" && typeof is === "string" && lookAlike(was, is)) {
      lines.push(...unseenLines(was, is, name));
      continue;
    }
    if (was !== undefined || at === "") lines.push({ kind: "recorded", text: name + bare(was, name) });
    if (is !== undefined || at === "") lines.push({ kind: "now", text: name + bare(is, name) });
  }
  if (isCut) lines.push({ kind: "left-out", text: "… and more fields differ" });
  return lines;
}

/** Two short texts that look the same, with marks for what cannot be seen. */
function unseenLines(was: string, is: string, name: string): readonly Line[] {
  const isSpeltOut = areSpeltOtherwise(was, is);
  const shown = (text: string): string => {
    const part = text === "" || text.includes("\n") ? text : marked(text, isSpeltOut);
    return name + bare(part, name);
  };
  const lines = pair(shown(was), shown(is));
  return [...lines, ...legendOf(lines)];
}

function bare(value: unknown, name: string): string {
  return name === "" && typeof value === "string" && value !== "" && !value.includes("\n") ? value.slice(0, 1_000) : shownValue(value);
}

function isLong(value: unknown): value is string {
  return typeof value === "string" && (value.length > SHORT_TEXT || value.includes("\n"));
}

/** A cause for programs: what, where, how bad, the lines that people are shown, and what follows. */
export function causeToJson(cause: Cause, { headline, lines }: Description): Json {
  const { head, level, places, alike, follows, ignored } = cause;
  return {
    level,
    ...placeOf(head),
    headline,
    places,
    difference: lines.filter(({ kind }) => IN_DIFFERENCE.has(kind)).map(({ kind, text }) => ({ kind, text })),
    alike: alike.map(placeOf),
    follows: follows.map(placeOf),
    ignored: ignored.map(placeOf),
  };
}

const IN_DIFFERENCE: ReadonlySet<string> = new Set(["same", "recorded", "now", "left-out", "field"]);

function placeOf({ class: of, kind, about, path, wasAt }: Drift): { readonly [key: string]: Json } {
  return { class: of, path, ...(wasAt === null ? {} : { wasAt }), kind, about };
}
