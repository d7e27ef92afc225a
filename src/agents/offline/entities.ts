// Everything in a text whose shape alone tells what it is: addresses of mail and web, dates, numbers, codes, names.
import { datesIn, timesIn } from "./dates.ts";
import { namesIn } from "./names.ts";
import { numbersIn } from "./numbers.ts";

/** What kinds of values can be seen by their shape. */
export type EntityKind = "email" | "url" | "phone" | "date" | "time" | "number" | "code" | "name" | "street";

/** One such value and its place. */
export interface Entity {
  readonly kind: EntityKind;
  /** As the text has it. */
  readonly text: string;
  /** Normal form: ISO for dates and times, a number for numbers. */
  readonly value: string | number;
  readonly start: number;
  readonly end: number;
  readonly currency: string | null;
  readonly percent: boolean;
  readonly ordinal: boolean;
}

/** At most this many of one kind are kept, so that a text of nothing but numbers stays cheap. */
const LIMIT = 1_500;

// Every quantifier is bounded and every pattern begins at a border: hostile text cannot make them slow.
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,6}[\p{L}]{2,24}/gu;
const URL_FORM = /(?<![\w@])(?:https?:\/\/|www\.)[^\s<>"'|]{2,2000}/gi;
const DOMAIN =
  /(?<![\w@./-])(?:[a-z0-9-]{1,40}\.){1,3}(?:com|org|net|io|dev|eu|uk|de|fr|app|info|edu|gov)(?:\/[^\s<>"'),;|]{0,200})?(?![\w@])/g;
const PHONE = /(?<![\w.,/-])(?:\+\d|\(\d|\d)[\d ()./-]{5,22}\d(?![\w-])/g;
const CODE = /(?<![\p{L}\p{N}@./_-])#?[\p{L}\p{N}]{1,24}(?:[-_/.][\p{L}\p{N}]{1,24}){0,5}(?![\p{L}\p{N}@])/gu;
const BANKING = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?![\p{L}\p{N}])/gu;
const STREET =
  /(?<![\p{L}\p{N}-])(?:\d{1,5}[a-zA-Z]?,? (?:\p{Lu}[\p{L}'.-]{0,20} ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Way|Square|Sq|Place|Pl|Court|Ct|Boulevard|Blvd|Terrace|Close|Row|Park|Hill|Gardens|Crescent)\b\.?|\p{Lu}[\p{L}. ]{1,30}(?:stra(?:ß|ss)e|str\.|weg|platz|gasse) \d{1,4}[a-z]?)(?:, ?[\p{L}\p{N}][\p{L}\p{N} '-]{1,40}){0,4}/gu;

/** Every such value of the text, in order of place. */
export function entitiesOf(text: string): readonly Entity[] {
  const taken = new Uint8Array(text.length);
  const all: Entity[] = [];
  const add = (kind: EntityKind, found: Iterable<Seen>, claims: boolean): void => {
    let count = 0;
    for (const one of found) {
      if (count >= LIMIT) break;
      if (taken[one.start] === 1 || taken[one.end - 1] === 1) continue;
      if (claims) taken.fill(1, one.start, one.end);
      all.push({ kind, currency: null, percent: false, ordinal: false, ...one });
      count++;
    }
  };
  add("email", matches(text, EMAIL), true);
  add("url", matches(text, URL_FORM), true);
  add("url", matches(text, DOMAIN), true);
  add("code", matches(text, BANKING), true);
  const days = datesIn(text);
  add(
    "date",
    days.map((day) => ({ ...day, value: day.iso })),
    true,
  );
  add(
    "time",
    timesIn(text).map((time) => ({ ...time, value: time.iso })),
    true,
  );
  add("street", matches(text, STREET), false);
  add(
    "phone",
    matches(text, PHONE).filter((one) => isPhone(one.text)),
    false,
  );
  add("code", codesIn(text, taken), false);
  add("number", numbersIn(text), false);
  add(
    "name",
    namesIn(text).map((name) => ({ ...name, value: name.text })),
    false,
  );
  return all.sort((a, b) => a.start - b.start || b.end - a.end);
}

interface Seen {
  readonly text: string;
  readonly value: string | number;
  readonly start: number;
  readonly end: number;
  readonly currency?: string | null;
  readonly percent?: boolean;
  readonly ordinal?: boolean;
}

function matches(text: string, pattern: RegExp): readonly Seen[] {
  const seen: Seen[] = [];
  for (const match of text.matchAll(pattern)) {
    const found = match[0].replace(/[.,;:!?)\]]{1,5}$/, "");
    seen.push({ text: found, value: found, start: match.index, end: match.index + found.length });
  }
  return seen;
}

/** A phone number has 7 to 15 digits, and groups or a leading plus or zero to show for it. */
function isPhone(text: string): boolean {
  const digits = text.replaceAll(/\D/g, "").length;
  return digits >= 7 && digits <= 15 && (/^\+|^\(?0/.test(text) || /\d[ )./-]{1,2}\d{2,4}[ ./-]\d{2,}/.test(text));
}

/** Words with digits in them, and bare whole numbers: what numbers of documents look like. */
function codesIn(text: string, taken: Uint8Array): readonly Seen[] {
  return matches(text, CODE).flatMap((one): readonly Seen[] => {
    const hash = one.text.startsWith("#") ? 1 : 0;
    const body = one.text.slice(hash);
    if (taken[one.start] === 1 || !/\d/.test(body) || !isCode(body)) return [];
    return [{ text: body, value: body, start: one.start + hash, end: one.end }];
  });
}

function isCode(text: string): boolean {
  if (/^\d+$/.test(text)) return text.length >= 2;
  if (/^\d+[.,/]\d+$/.test(text) || /^\d+(?:st|nd|rd|th|k|m|x|h|am|pm|%)$/i.test(text)) return false;
  return text.length >= 3 && (/^[\p{L}]/u.test(text) || /\p{Lu}/u.test(text) || !/\p{L}/u.test(text));
}
