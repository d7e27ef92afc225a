import { isStopWord, tokenize } from "./words.ts";
import type { Token } from "./words.ts";

/** A proper name: capitalised words in a row. */
export interface NameMention {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const LINK = new Set("of de van von der den la le da di du del al bin y & the".split(" "));
const CALENDAR = new Set(
  `january february march april may june july august september october november december monday tuesday wednesday thursday friday
  saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun`.split(/\s+/),
);
const OPENERS = new Set(
  "dear hello hi hey greetings regards sincerely best kind yours thanks thank cheers sir madam good morning afternoon evening".split(" "),
);

/** The proper names of a text, in order. Greetings, months and words that only begin a sentence are left out. */
export function namesIn(text: string): readonly NameMention[] {
  const names: NameMention[] = [];
  let run: Token[] = [];
  const flush = (): void => {
    const name = nameOf(text, run);
    if (name !== null) names.push(name);
    run = [];
  };
  let before: Token | undefined;
  for (const token of tokenize(text)) {
    const gap = before === undefined ? "" : text.slice(before.end, token.start);
    const joins =
      run.length > 0 && run.length < 7 && (/^(?: |-|['’]| & )$/.test(gap) || (gap === ". " && ABBREVIATED.test(before?.text ?? "")));
    if (!joins) flush();
    if (
      /^\p{Lu}/u.test(token.text) ||
      (run.length > 0 && joins && (LINK.has(token.lower) || gap === "-")) ||
      (run.length > 0 && joins && /^\d{1,4}$/.test(token.text) && gap === " ")
    )
      run.push(token);
    else flush();
    before = token;
  }
  flush();
  return names;
}

const ABBREVIATED = /^(?:\p{Lu}|Dr|Prof|Mr|Mrs|Ms|St)$/u;

function nameOf(text: string, run: readonly Token[]): NameMention | null {
  let from = 0;
  let to = run.length;
  while (from < to && isWeak(run[from], true)) from++;
  while (to > from && isWeak(run[to - 1], false)) to--;
  const [first, last] = [run[from], run[to - 1]];
  if (first === undefined || last === undefined) return null;
  if (to - from === 1 && (first.text.length < 2 || (from === 0 && beginsSentence(text, first.start) && isStopWord(first.lower))))
    return null;
  if (to - from === 1 && TITLES.has(first.lower)) return null;
  // The full stop of `Inc.` belongs to the name.
  const end = last.end + (text[last.end] === "." && /^(?:Inc|Ltd|Co|Corp|Jr|Sr)$/.test(last.text) ? 1 : 0);
  return { text: text.slice(first.start, end), start: first.start, end };
}

const TITLES = new Set("dr prof mr mrs ms".split(" "));

function isWeak(token: Token | undefined, leading: boolean): boolean {
  if (token === undefined) return true;
  const { lower } = token;
  if (OPENERS.has(lower) || CALENDAR.has(lower)) return true;
  if (LINK.has(lower)) return true;
  return /^\d/.test(lower) || (leading && isStopWord(lower));
}

/** Does nothing but a mark of punctuation or a line break stand before? Then the capital letter proves little. */
export function beginsSentence(text: string, at: number): boolean {
  return /(?:^|[.!?:\n•*-])[\s"“(]{0,8}$/.test(text.slice(Math.max(0, at - 10), at));
}

const LEGAL =
  /\b(?:Ltd|Limited|Inc|LLC|LLP|GmbH|AG|SE|Corp|Corporation|Co|PLC|BV|NV|SA|SAS|SARL|SpA|Srl|AB|AS|Oy|ApS|KG|Group|Holding|Partners|Labs|Studio|Studios|University|Institute|College|School|Foundation|Association|Bank|Agency|Society|Company|Trust|Club|Council|Library|Museum|Hospital|Clinic|Services|Systems|Solutions|Technologies|Consulting|Works|Industries|International)\b\.?/;

/** Does the name look like that of an organisation rather than a person? */
export function isOrganisation(name: string): boolean {
  return LEGAL.test(name);
}

/** Two or three capitalised words without digits: what a person's name looks like. */
export function isPersonLike(name: string): boolean {
  return (
    /^(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?\p{Lu}[\p{L}'’.-]*(?: (?:de|van|von|der|la|da|di|del|bin|al))*(?: \p{Lu}[\p{L}'’.-]*){1,3}$/u.test(
      name.slice(0, 80),
    ) && !isOrganisation(name)
  );
}
