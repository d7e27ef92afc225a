/** A day a text names: its ISO form, as exact as the text is (`2026-03-04`, `2026-03`). */
export interface DateMention {
  readonly text: string;
  readonly iso: string;
  readonly start: number;
  readonly end: number;
  /** Named by its distance (`tomorrow`, `Friday`) from the first full date of the text. */
  readonly relative: boolean;
}

const MONTHS = "january february march april may june july august september october november december".split(" ");
const DAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");
const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY = "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tue|wed|thu|fri|sat|sun)(?![a-z]))";

interface Day {
  readonly year: number | null;
  readonly month: number;
  readonly day: number | null;
}

interface Found {
  readonly text: string;
  readonly start: number;
  readonly day: Day;
}

type Reader = (groups: Readonly<Record<string, string | undefined>>) => Day | null;

const FORMS: readonly (readonly [pattern: RegExp, read: Reader])[] = [
  [
    /(?<![\d.])(?<y>\d{4})[-/.](?<m>\d{1,2})[-/.](?<d>\d{1,2})(?!\d)/g,
    ({ y, m, d }) => ({ year: Number(y), month: Number(m), day: Number(d) }),
  ],
  [
    new RegExp(`(?<!\\d)(?<d>\\d{1,2})(?:st|nd|rd|th|\\.)?(?: of)?[ -](?<m>${MONTH})\\b\\.?(?:,?[ -](?<y>\\d{4})\\b)?`, "gi"),
    ({ y, m, d }) => ({ year: yearOf(y), month: monthOf(m), day: Number(d) }),
  ],
  [
    new RegExp(`\\b(?<m>${MONTH})\\b\\.? (?<d>\\d{1,2})(?:st|nd|rd|th)?(?![\\d:.]\\d|\\d)(?:,? (?<y>\\d{4})\\b)?`, "gi"),
    ({ y, m, d }) => ({ year: yearOf(y), month: monthOf(m), day: Number(d) }),
  ],
  [
    new RegExp(`(?<!\\d(?:st|nd|rd|th|\\.)?[ -])\\b(?<m>${MONTH})\\b\\.?,? (?<y>(?:19|20)\\d{2})\\b`, "gi"),
    ({ y, m }) => ({ year: yearOf(y), month: monthOf(m), day: null }),
  ],
];

const NUMERIC = /(?<![\d./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/-]|\.\d)/g;

/** Every date in the text, in order. Ambiguous ones (`03/04/2026`) follow the text's other dates and its currency. */
export function datesIn(text: string): readonly DateMention[] {
  const found: Found[] = [...numericDates(text)];
  for (const [pattern, read] of FORMS) {
    for (const match of text.matchAll(pattern)) {
      const day = read(match.groups ?? {});
      if (day !== null && isDay(day)) found.push({ text: match[0], start: match.index, day });
    }
  }
  const sorted = found.sort((a, b) => a.start - b.start || b.text.length - a.text.length);
  const apart = sorted.filter(notInside());
  const reference = writtenOn(text, apart);
  const exact = apart.map((one) => mention(one, reference));
  const taken = notInside();
  // `Friday, 6 March` is one day, not two.
  const alone = relativeDates(text, reference).filter(
    (day) => !exact.some((one) => (one.start >= day.end && one.start - day.end <= 3) || (day.start >= one.end && day.start - one.end <= 3)),
  );
  return [...exact, ...alone].sort((a, b) => a.start - b.start).filter(taken);
}

/** The day the text was written, as far as it says: a labelled date, else the first full one that is no birthday. */
function writtenOn(text: string, found: readonly Found[]): Day | null {
  const full = found.slice(0, 200).filter(({ day }) => day.year !== null && day.day !== null);
  const before = (one: Found): string => text.slice(Math.max(0, one.start - 24), one.start);
  const labelled = full.find((one) => /\b(?:date|dated|sent|written)\b[^\n]{0,14}$/i.test(before(one)) && !/\bbirth\b/i.test(before(one)));
  return (labelled ?? full.find((one) => !/\b(?:born|birth|dob)\b[^\n]{0,12}$/i.test(before(one))))?.day ?? null;
}

/** Keeps the first of overlapping mentions; the list must be in order of place. */
function notInside(): (one: { readonly start: number; readonly text: string }) => boolean {
  let until = -1;
  return (one) => {
    if (one.start < until) return false;
    until = one.start + one.text.length;
    return true;
  };
}

function numericDates(text: string): readonly Found[] {
  const matches = [...text.matchAll(NUMERIC)];
  const dayFirst =
    matches.some((m) => Number(m[1]) > 12) ||
    matches.some((m) => m[2] === ".") ||
    !(matches.some((m) => Number(m[3]) > 12) || /\$|\bUSD\b/.test(text));
  return matches.flatMap((m) => {
    const [a, b] = [Number(m[1]), Number(m[3])];
    const dayLeads = a > 12 || (b <= 12 && dayFirst);
    const year = m[4]?.length === 2 ? 2000 + Number(m[4]) : Number(m[4]);
    const day = { year, month: dayLeads ? b : a, day: dayLeads ? a : b };
    return isDay(day) ? [{ text: m[0], start: m.index, day }] : [];
  });
}

function yearOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}

function monthOf(text: string | undefined): number {
  const start = (text ?? "").toLowerCase().slice(0, 3);
  return MONTHS.findIndex((month) => month.startsWith(start)) + 1;
}

function isDay({ year, month, day }: Day): boolean {
  if (month < 1 || month > 12 || (year !== null && (year < 1000 || year > 2999))) return false;
  return day === null || (day >= 1 && day <= new Date(Date.UTC(year ?? 2000, month, 0)).getUTCDate());
}

function mention(found: Found, reference: Day | null): DateMention {
  const { year, month, day } = found.day;
  const full = year ?? reference?.year ?? null;
  const end = found.start + found.text.length;
  const parts = [full === null ? "" : String(full), pad(month), day === null ? "" : pad(day)].filter((part) => part !== "");
  return { text: found.text, iso: full === null ? `--${parts.join("-")}` : parts.join("-"), start: found.start, end, relative: false };
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

const RELATIVE = new RegExp(
  `\\b(?:(?<plain>today|tonight|tomorrow|yesterday)|(?:(?<which>next|this|last|on|by|until|before) )?(?<day>${DAY})|(?:with)?in (?:the next )?(?<n>an?|one|two|three|four|five|six|seven|ten|\\d{1,3}) (?<unit>days?|weeks?))\\b`,
  "gi",
);

/** Days named by their distance; the text's first full date stands for the day it was written. */
function relativeDates(text: string, reference: Day | null): readonly DateMention[] {
  const mentions: DateMention[] = [];
  for (const match of text.matchAll(RELATIVE)) {
    const groups = match.groups ?? {};
    const lead =
      groups["day"] !== undefined && groups["which"] !== undefined && !/next|this|last/i.test(groups["which"])
        ? groups["which"].length + 1
        : 0;
    const offset = offsetOf(groups, reference);
    const start = match.index + lead;
    const iso = reference === null || offset === null ? "" : shifted(reference, offset);
    mentions.push({ text: match[0].slice(lead), iso, start, end: match.index + match[0].length, relative: true });
  }
  return mentions;
}

const SMALL = new Map([
  ["a", 1],
  ["an", 1],
  ["one", 1],
  ["two", 2],
  ["three", 3],
  ["four", 4],
  ["five", 5],
  ["six", 6],
  ["seven", 7],
  ["ten", 10],
]);

function offsetOf(groups: Readonly<Record<string, string | undefined>>, reference: Day | null): number | null {
  const plain = groups["plain"]?.toLowerCase();
  if (plain !== undefined) return plain === "tomorrow" ? 1 : plain === "yesterday" ? -1 : 0;
  const count = groups["n"]?.toLowerCase();
  if (count !== undefined) return (SMALL.get(count) ?? Number(count)) * (groups["unit"]?.toLowerCase().startsWith("week") === true ? 7 : 1);
  if (reference === null) return null;
  const name = groups["day"]?.toLowerCase().slice(0, 3) ?? "";
  const wanted = DAYS.findIndex((day) => day.startsWith(name));
  const ahead = (wanted - utc(reference).getUTCDay() + 7) % 7 || 7;
  return groups["which"]?.toLowerCase() === "last" ? ahead - 7 : ahead;
}

function utc(day: Day): Date {
  return new Date(Date.UTC(day.year ?? 2000, day.month - 1, day.day ?? 1));
}

function shifted(reference: Day, offset: number): string {
  const date = utc(reference);
  date.setUTCDate(date.getUTCDate() + offset);
  return date.toISOString().slice(0, 10);
}

/** A time of day: `14:30`, `2.30 pm`, `noon`; its ISO form is `HH:MM:SS`. */
export interface TimeMention {
  readonly text: string;
  readonly iso: string;
  readonly start: number;
  readonly end: number;
}

const TIME =
  /(?<![\d:.,])(?<h>\d{1,2})(?:[:.](?<m>\d{2})(?!\d))?(?::(?<s>\d{2}))?(?: ?(?<half>[ap])\.?m\b\.?)?|\b(?<word>noon|midday|midnight)\b|(?<=T)(?<ih>\d{2}):(?<im>\d{2})(?::(?<is>\d{2}))?/gi;

/** Every time of day in the text. A bare number is none. */
export function timesIn(text: string): readonly TimeMention[] {
  const mentions: TimeMention[] = [];
  for (const match of text.matchAll(TIME)) {
    const iso = timeOf(match);
    if (iso !== null) mentions.push({ text: match[0], iso, start: match.index, end: match.index + match[0].length });
  }
  return mentions;
}

function timeOf(match: RegExpExecArray): string | null {
  const { h, m, s, half, word, ih, im, is } = match.groups ?? {};
  if (word !== undefined) return word.toLowerCase() === "midnight" ? "00:00:00" : "12:00:00";
  if (ih !== undefined) return `${ih}:${im ?? "00"}:${is ?? "00"}`;
  if (half === undefined && (m === undefined || !match[0].includes(":"))) return null;
  const hour = Number(h);
  if (hour > (half === undefined ? 23 : 12) || Number(m ?? 0) > 59) return null;
  const shift = half?.toLowerCase() === "p" && hour < 12 ? 12 : half?.toLowerCase() === "a" && hour === 12 ? -12 : 0;
  return `${pad(hour + shift)}:${m ?? "00"}:${s ?? "00"}`;
}
