// Lists as texts have them: bullets under a heading, a label with commas, a sentence that enumerates.
import type { Ask } from "./found.ts";
import { kinOf } from "./kin.ts";
import { labelFit } from "./profile.ts";
import { root, stem } from "./stems.ts";
import type { Block, Line } from "./text-shape.ts";
import { tokensOf } from "./words.ts";

/** The entries of a list, each as text, and how well the list fits the property. */
export interface ListFound {
  readonly items: readonly string[];
  readonly score: number;
}

const MOST = 200;

/** The list of the text that fits the property best; null where there is none. */
export function listFor(ask: Ask): ListFound | null {
  const lists = [...labelledLists(ask), ...headedLists(ask), ...spokenLists(ask)].filter((list) => list.items.length > 0);
  let best: ListFound | null = null;
  for (const list of lists) if (list.score > (best?.score ?? 0.3)) best = list;
  return best;
}

/** `Label: a, b and c`; and lines that repeat one label are one list. */
function labelledLists(ask: Ask): readonly ListFound[] {
  const byLabel = new Map<string, { readonly score: number; readonly values: string[] }>();
  for (const field of ask.source.fields.slice(0, 3_000)) {
    const score = labelFit(ask.profile, field.words);
    if (score < 0.3) continue;
    const key = field.words.map(stem).join(" ");
    const known = byLabel.get(key);
    if (known === undefined) byLabel.set(key, { score: score + 0.05, values: [field.value] });
    else known.values.push(field.value);
  }
  return [...byLabel.values()].map(({ score, values }) => ({
    score,
    items: values.length === 1 ? splitList(values[0] ?? "") : values.slice(0, MOST),
  }));
}

function headedLists(ask: Ask): readonly ListFound[] {
  return ask.source.blocks.slice(0, 1_000).flatMap((block) => {
    const score = labelFit(ask.profile, block.words);
    return score < 0.3 ? [] : [{ score, items: entriesOf(block) }];
  });
}

/** The entries below a heading: its bullets; else its lines; a single line is split at its commas. */
function entriesOf(block: Block): readonly string[] {
  const bulleted = block.lines.some((line) => line.bullet);
  const bullets = bulleted ? withContinuations(block.lines) : block.lines.slice(0, block.first).map((line) => line.text);
  const entries = bullets
    .slice(0, MOST)
    .flatMap(withoutGroup)
    .map(tidy)
    .filter((text) => text !== "");
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && !bulleted) return splitList(only);
  // Wrapped comma lists (`A, B,` / `C, D`) are one list; lines that stand for themselves are not.
  const commas = entries.filter((text) => (text.match(/,/g) ?? []).length >= 1 && text.length < 160 && !/[.!?]$/.test(text));
  const rows = commas.length === entries.length && entries.flatMap(splitList).every((part) => part.split(" ").length <= 3);
  if (bulleted && rows) return entries.flatMap(splitList);
  return !bulleted && commas.length === entries.length && entries.length <= 6 ? entries.flatMap(splitList) : entries;
}

/** `Group: a, b, c` in a list of lists: the group's name is no entry. */
function withoutGroup(text: string): readonly string[] {
  const group = /^\*{0,2}[\p{L}][\p{L} &/-]{1,30}:\*{0,2}\s+(?=[^,]{1,60},)/u.exec(text);
  const parts = group === null ? [] : splitList(text.slice(group[0].length));
  return parts.length >= 2 && parts.every((part) => part.split(" ").length <= 3) ? parts : [text];
}

/** A line without a bullet goes on with the entry above it. */
function withContinuations(lines: readonly Line[]): readonly string[] {
  const entries: string[] = [];
  for (const line of lines) {
    if (line.bullet || entries.length === 0) entries.push(line.text);
    else if (/^[a-z(]/.test(line.text)) entries.push(`${entries.pop() ?? ""} ${line.text}`);
    else break;
  }
  return entries;
}

/** A text cut at its separators: semicolons or bars if it has any, else commas and a last `and`. */
function splitList(text: string): readonly string[] {
  const plain = text.slice(0, 4_000);
  const separator = /[;|·•]/.test(plain)
    ? /[;|·•]/
    : !plain.includes(",") && plain.includes(" / ")
      ? / \/ /
      : /,(?! ?\d{3}(?!\d))|(?<=\s)(?:and|&)(?=\s)/;
  return plain
    .split(outsideBrackets(plain) ? separator : /[;|·•\n]|,(?![^()]{0,200}\))/)
    .map((part) => tidy(part.replace(/^\s{0,5}(?:and|or)\s/i, "")))
    .filter((part) => part !== "" && part.length <= 200)
    .slice(0, MOST);
}

function outsideBrackets(text: string): boolean {
  return !text.includes("(");
}

function tidy(text: string): string {
  return text
    .trim()
    .replace(/^["“]|["”]$/g, "")
    .replace(/[.,;]$/, "")
    .trim();
}

const OPENS =
  /^(?:are|is|were|was|include|includes|included|including|with|such|as|like|using|in|of|by|both|namely|follows|the|following|who|has|have|came|came:|had|our|her|his|their)$/;

/** Relations that whole words stand for, not prepositions: only these may name a list within a sentence. */
const SPOKEN = new Set(["member", "task", "decide", "ability", "aim", "learn", "language"]);

/** A sentence that names the property and then enumerates: `Guests were A, B and C`; or the other way round. */
function spokenLists(ask: Ask): readonly ListFound[] {
  const wanted = new Set(ask.profile.terms.filter((term) => term.weight >= 0.4).map((term) => term.root));
  const groups = new Set(
    ask.profile.terms
      .filter((term) => term.weight >= 0.4)
      .flatMap((term) => term.kin)
      .filter((group) => SPOKEN.has(group)),
  );
  const told = new Set(ask.profile.hints.filter((term) => term.stem.length > 3).map((term) => term.root));
  const lists: ListFound[] = [];
  for (const sentence of ask.source.sentences.slice(0, 2_000)) {
    if (!sentence.text.includes(",") && !sentence.text.includes(" and ")) continue;
    const tokens = tokensOf(sentence);
    const own = tokens.findIndex(
      (token) => wanted.has(root(token.lower)) || wanted.has(stem(token.lower)) || kinOf(token.lower).some((group) => groups.has(group)),
    );
    const named = own >= 0;
    // Only the description's words: then it takes a row of names to be sure.
    const at = named ? own : tokens.findIndex((token) => told.has(root(token.lower)));
    if (at < 0) continue;
    let next = at + 1;
    while (next < tokens.length && OPENS.test(tokens[next]?.lower ?? "")) next++;
    const from = tokens[next]?.start ?? -1;
    const items = from < 0 ? [] : splitList(enumeration(sentence.text.slice(from)));
    const spoken = named && kinOf(tokens[at]?.lower ?? "").includes("language") && !wanted.has(root(tokens[at]?.lower ?? ""));
    if ((!named || spoken) && !items.every(isNameLike)) continue;
    if (items.length >= 2 && items.every((item) => item.split(" ").length <= 8)) lists.push({ items, score: 0.45 });
  }
  return lists;
}

function isNameLike(item: string): boolean {
  return /^\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*){0,3}$/u.test(item.slice(0, 80));
}

/** Up to the end of the sentence, or to where a new clause begins. */
function enumeration(text: string): string {
  return (text.split(/[.;:!?](?=\s|$)|\s(?:who|which|that|but|because|so|to|for|at|on)\s/)[0] ?? "").trim();
}
