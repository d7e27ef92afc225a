/** A number a text names, in digits or in words. */
export interface NumberMention {
  readonly text: string;
  readonly value: number;
  readonly start: number;
  readonly end: number;
  /** ISO 4217 code where a currency stands beside it. */
  readonly currency: string | null;
  readonly percent: boolean;
  /** `3rd`: a place in a row, not an amount. */
  readonly ordinal: boolean;
}

const SIGNS: readonly (readonly [sign: string, code: string])[] = [
  ["US$", "USD"],
  ["A$", "AUD"],
  ["C$", "CAD"],
  ["$", "USD"],
  ["€", "EUR"],
  ["£", "GBP"],
  ["¥", "JPY"],
  ["₹", "INR"],
  ["₩", "KRW"],
  ["₺", "TRY"],
  ["zł", "PLN"],
  ["Kč", "CZK"],
];
const CODES = "USD EUR GBP JPY CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF INR CNY KRW TRY BRL MXN ZAR SGD HKD".split(" ");
const NAMES = new Map([
  ["dollar", "USD"],
  ["dollars", "USD"],
  ["euro", "EUR"],
  ["euros", "EUR"],
  ["pounds", "GBP"],
  ["francs", "CHF"],
  ["yen", "JPY"],
]);

const DIGITS =
  /(?<![\p{L}\d]|[\d\p{L}][.,:/-])[-−+]?(?:\d{1,3}(?:[,.'’\u00A0\u202F]\d{3}){1,5}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,15}(?:[.,]\d{1,6}(?![\d]))?)/gu;

/** More numbers than this are not looked at: a text of nothing else must stay cheap. */
const LIMIT = 2_000;

/** Every number in the text that stands for an amount or a count, in order of place. */
export function numbersIn(text: string): readonly NumberMention[] {
  const commaDecimals = /\d,\d{2}(?!\d)/.test(text) && !/\d\.\d{2}(?!\d)/.test(text);
  const digits: NumberMention[] = [];
  for (const match of text.matchAll(DIGITS)) {
    const mention = mentionOf(text, match, commaDecimals);
    if (mention !== null) digits.push(mention);
    if (digits.length >= LIMIT) break;
  }
  return [...digits, ...spelledOut(text)].sort((a, b) => a.start - b.start);
}

function mentionOf(text: string, match: RegExpExecArray, commaDecimals: boolean): NumberMention | null {
  const start = match.index;
  const end = start + match[0].length;
  const after = text.slice(end, end + 12);
  const before = text.slice(Math.max(0, start - 5), start);
  const size = /^ ?(?:(k|thousand)|(m|mn|million)|(bn|billion))\b/i.exec(after);
  const factor = size === null ? 1 : size[1] !== undefined ? 1_000 : size[2] !== undefined ? 1_000_000 : 1_000_000_000;
  // `1 m` and `200 m` are metres far more often than millions.
  const scaled = size?.[0].trim().toLowerCase() === "m" && size[0].startsWith(" ") ? 1 : factor;
  const value = Number((numberOf(match[0], commaDecimals) * scaled).toPrecision(15));
  if (!Number.isFinite(value)) return null;
  const currency = currencyBeside(before, after);
  // A sign inside a word or a code (`A-17`, `2019-2023`) is a hyphen.
  const ordinal = /^(?:st|nd|rd|th)\b/.test(after);
  return { text: match[0], value, start, end, currency, percent: /^ ?(?:%|per ?cent\b)/i.test(after), ordinal };
}

/** The number behind digits with separators: the last separator is decimal unless it groups thousands. */
function numberOf(raw: string, commaDecimals: boolean): number {
  const text = raw.replaceAll(/['’\u00A0\u202F+]/g, "").replace("−", "-");
  const [comma, dot] = [text.lastIndexOf(","), text.lastIndexOf(".")];
  if (comma >= 0 && dot >= 0) return Number(comma > dot ? text.replaceAll(".", "").replace(",", ".") : text.replaceAll(",", ""));
  const sign = comma >= 0 ? "," : ".";
  const groups = text.split(sign);
  if (groups.length === 1) return Number(text);
  const thousands = groups.length > 2 || (groups[1]?.length === 3 && groups[0] !== "0" && (sign === ",") !== commaDecimals);
  return Number(thousands ? groups.join("") : `${groups[0] ?? ""}.${groups[1] ?? ""}`);
}

function currencyBeside(before: string, after: string): string | null {
  const lead = before.trimEnd();
  for (const [sign, code] of SIGNS) if (lead.endsWith(sign)) return code;
  const tail = after.trimStart();
  for (const [sign, code] of SIGNS)
    if (tail.startsWith(sign) && !tail.startsWith("$", 1)) return sign === "$" && after.startsWith(" ") ? null : code;
  const codeAfter = /^(?:[km]n? ?)?([A-Za-z]{3,8})\b/.exec(tail)?.[1] ?? "";
  const codeBefore = /\b([A-Z]{3})$/.exec(lead)?.[1] ?? "";
  if (CODES.includes(codeBefore)) return codeBefore;
  return CODES.includes(codeAfter) ? codeAfter : (NAMES.get(codeAfter.toLowerCase()) ?? null);
}

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const WORDS = new Map<string, number>([
  ...ONES.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, index): [string, number] => [word, (index + 2) * 10]),
  ["dozen", 12],
  ["hundred", 100],
  ["thousand", 1000],
]);
const SPELLED = new RegExp(`\\b(?:${[...WORDS.keys()].join("|")})(?:[- ](?:${[...WORDS.keys()].join("|")}))?\\b`, "gi");

function spelledOut(text: string): readonly NumberMention[] {
  const mentions: NumberMention[] = [];
  for (const match of text.matchAll(SPELLED)) {
    const value = spelledNumber(match[0]);
    // `one` is a pronoun more often than a count.
    if (value === null || match[0].toLowerCase() === "one") continue;
    mentions.push({
      text: match[0],
      value,
      start: match.index,
      end: match.index + match[0].length,
      currency: null,
      percent: false,
      ordinal: false,
    });
  }
  return mentions;
}

/** `twenty-four` -> 24, `two hundred` -> 200; null for anything else. */
function spelledNumber(text: string): number | null {
  const [first, second] = text
    .toLowerCase()
    .split(/[- ]/)
    .map((word) => WORDS.get(word));
  if (first === undefined) return null;
  if (second === undefined) return first;
  return second >= 100 || second === 12 ? first * second : first + second;
}

/** The first currency the text names, as an ISO 4217 code. */
export function currencyIn(text: string): string | null {
  const code = new RegExp(`\\b(?:${CODES.join("|")})\\b`).exec(text)?.[0];
  if (code !== undefined) return code;
  const sign = SIGNS.find(([mark]) => text.includes(mark));
  if (sign !== undefined) return sign[1];
  for (const [name, iso] of NAMES) if (new RegExp(`\\b${name}\\b`, "i").test(text)) return iso;
  return null;
}
