// Who does what where, and since when: `Baker, Old Mill (2019 - present)`, `works as a baker at the Old Mill`.
import { isOrganisation } from "./names.ts";
import type { Source } from "./source.ts";

/** One role at one place. */
export interface Post {
  readonly role: string;
  readonly place: string;
  /** It goes on: `present`, `now`, `since`. */
  readonly current: boolean;
  readonly start: number;
  readonly end: number;
}

const MONTH_OR_NOT = String.raw`(?:(?:\p{L}{3,9}\.? |\d{1,2}[./]))?`;
const SPAN = new RegExp(
  String.raw`[(\[]?\s?${MONTH_OR_NOT}(?:19|20)\d\d\s?(?:-|–|—|to|until)\s?(?:(present|now|today|date|current|ongoing)|${MONTH_OR_NOT}(?:19|20)\d\d)\s?[)\]]?|[(\[]?\b(since) ${MONTH_OR_NOT}(?:19|20)\d\d[)\]]?`,
  "iu",
);
const SPOKEN =
  /\b(?:(currently|now|presently)\b[^.\n]{0,20}?\b)?(?:as|am|is|was|been|a|an)\s(?:an?|the|currently an?)?\s?([\p{L}-]{3,20}(?:\s[\p{L}-]{2,20}){0,3})\s(?:at|with|for)\s(?:the )?(\p{Lu}[\p{L}.&'’-]{0,30}(?:\s(?:\p{Lu}[\p{L}.&'’-]{0,30}|of|&|and|de|the)){0,5})/gu;

const known = new WeakMap<Source, readonly Post[]>();

/** The posts a text tells of, in its order. */
export function postsIn(source: Source): readonly Post[] {
  const before = known.get(source);
  if (before !== undefined) return before;
  const posts = [...headed(source), ...dated(source), ...spoken(source)].slice(0, 50);
  known.set(source, posts);
  return posts;
}

/** `Gardener, Town Park` below a name at the head of a text. */
function headed(source: Source): readonly Post[] {
  const heads = source.lines.filter((line) => !line.blank).slice(1, 3);
  return heads.flatMap((line): readonly Post[] => {
    if (line.text.length > 120 || /[@\d:]/.test(line.text)) return [];
    const pair = roleAndPlace(rest(line.text));
    return pair === null || !isDoing(pair.role) || !/^\p{Lu}/u.test(pair.place)
      ? []
      : [{ ...pair, current: true, start: line.start, end: line.start + line.text.length }];
  });
}

/** Lines with years from and to. The rest of the line, or its neighbour, names the post. */
function dated(source: Source): readonly Post[] {
  const posts: Post[] = [];
  const lines = source.lines.slice(0, 2_000);
  for (const [index, line] of lines.entries()) {
    const span = line.text.length > 300 ? null : SPAN.exec(line.text);
    if (span === null) continue;
    const own = rest(`${line.text.slice(0, span.index)} ${line.text.slice(span.index + span[0].length)}`);
    const text = own !== "" ? own : rest(neighbour(lines[index - 1]?.text) || neighbour(lines[index + 1]?.text));
    const pair = roleAndPlace(text);
    if (pair !== null)
      posts.push({
        ...pair,
        current: span[1] !== undefined || span[2] !== undefined,
        start: line.start,
        end: line.start + line.text.length,
      });
  }
  return posts;
}

function neighbour(text: string | undefined): string {
  return text !== undefined && text.length < 120 && !/[.:]$/.test(text) ? text : "";
}

function rest(text: string): string {
  return text
    .replaceAll(/[*_]/g, "")
    .replace(/^[\s:,|·–—-]{1,9}/, "")
    .replace(/[\s:,|·–—(-]{1,9}$/, "")
    .replaceAll(/\s{2,9}/g, " ");
}

function roleAndPlace(text: string): { readonly role: string; readonly place: string } | null {
  const at = /^(.{2,60}?) (?:at|with|for|@) (.{2,80})$/.exec(text);
  if (at !== null) return { role: at[1] ?? "", place: cutPlace(at[2] ?? "") };
  const parts = text
    .split(/,\s|\s[–—|·-]\s|:\s/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const [first, second] = parts;
  if (first === undefined || second === undefined) return null;
  const swapped = isOrganisation(first) ? !isOrganisation(second) : !isOrganisation(second) && isDoing(second) && !isDoing(first);
  return swapped ? { role: second, place: cutPlace(first) } : { role: first, place: cutPlace(second) };
}

/** Words for those who do something end like this in English. */
export function isDoing(text: string): boolean {
  return /(?:er|or|ist|ian|ant|ee|head|lead|chef|intern|principal)\b/i.test(text);
}

function cutPlace(text: string): string {
  return (text.split(/,(?! (?:Inc|Ltd|LLC|Co)\b)|\s[–—|·(]/)[0] ?? "").trim();
}

function spoken(source: Source): readonly Post[] {
  const posts: Post[] = [];
  for (const sentence of source.sentences.slice(0, 1_000)) {
    for (const match of sentence.text.slice(0, 600).matchAll(SPOKEN)) {
      const role = (match[2] ?? "").replace(/^(?:an?|the) /, "");
      const past = /\b(?:was|were|had been|formerly|previously|used to|until)\b/i.test(sentence.text.slice(0, match.index + 4));
      posts.push({
        role,
        place: (match[3] ?? "").replace(/[.,]$/, ""),
        current: !past,
        start: sentence.start,
        end: sentence.start + sentence.text.length,
      });
    }
  }
  return posts;
}
