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
import { headlineOf, namesOf } from "./headline.ts";
import { shownValue } from "./shown-value.ts";
import { textLines } from "./text-lines.ts";

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
  const others = places > 1 ? `, and ${places - 1} more like it` : "";
  return [{ kind: "where", text: `at ${path}${others}${file === undefined ? "" : ` (${file})`}` }];
}

/** What was and what is, as far as it differs. */
function differenceLines(head: Drift, differ: Differ): readonly Line[] {
  const { recorded, now } = head;
  switch (head.class) {
    case "path":
      return pair(String(recorded), String(now));
    case "order":
      return pair(namesOf(recorded).slice(0, MOST_FIELDS).join(", then "), namesOf(now).slice(0, MOST_FIELDS).join(", then "));
    case "added":
      return sumUp(now).map(({ text }) => ({ kind: "now", text }));
    case "missing":
      return sumUp(recorded);
    case "context":
      if (head.kind !== "run") return valueLines(writesOf(recorded), writesOf(now), differ);
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

/** What an operation, or an agent, that came or went asked, and what came of it. */
function sumUp(operation: unknown): readonly Line[] {
  if (!isPlainObject(operation)) return [];
  const { request, response } = operation;
  const fields = isPlainObject(request) ? Object.entries(request) : Object.entries(operation);
  const lines = fields.slice(0, MOST_FIELDS).map(([field, value]) => `${field}: ${shownValue(value)}`);
  if (isPlainObject(response) && response["status"] === "succeeded") lines.push(`answer: ${shownValue(response["value"])}`);
  if (isPlainObject(response) && isPlainObject(response["failure"]))
    lines.push(`failure: ${shownValue(response["failure"]["message"], 240)}`);
  return lines.map((text) => ({ kind: "recorded", text }));
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
      return `contribute ${shownValue(patch.value)} to ${patch.field}`;
  }
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
    const name = at === "" || isWrite(recorded) || isWrite(now) ? "" : `${at}: `;
    if (was !== undefined || at === "") lines.push({ kind: "recorded", text: name + bare(was, name) });
    if (is !== undefined || at === "") lines.push({ kind: "now", text: name + bare(is, name) });
  }
  if (isCut) lines.push({ kind: "left-out", text: "… and more fields differ" });
  return lines;
}

/** Whether it is a list of writes in words: they say themselves where they are. */
function isWrite(value: unknown): boolean {
  return Array.isArray(value) && value.some((each) => typeof each === "string" && /^(?:set|delete|contribute) /.test(each));
}

function bare(value: unknown, name: string): string {
  return name === "" && typeof value === "string" && value !== "" && !value.includes("\n") ? value.slice(0, 1_000) : shownValue(value);
}

function isLong(value: unknown): value is string {
  return typeof value === "string" && (value.length > SHORT_TEXT || value.includes("\n"));
}

function remedyLines({ head, level }: Cause, file: string | undefined): readonly Line[] {
  if (level === "ignore") return [];
  const step = head.class === "request" && head.path !== "" ? ` --step ${head.path}` : "";
  const command = `flujo golden update${file === undefined ? "" : ` ${file}`}${step}`;
  const asksAgain = step === "" ? "" : " The model or tool is then asked again.";
  return [{ kind: "remedy", text: `Not what you meant? Mend the code and check again. Meant? Accept it: ${command}${asksAgain}` }];
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
