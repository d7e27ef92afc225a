// One entry of a list, read as people write them: who does what until when; how many of what for how much.
import { fitNumber, fitString } from "./conform.ts";
import type { Ask, Found } from "./found.ts";
import { byScore } from "./found.ts";
import { kinOf } from "./kin.ts";
import { typesOf } from "./schema.ts";
import { textKindOf } from "./text-kind.ts";

const NAME = String.raw`\p{Lu}[\p{L}'’.-]{0,30}(?: \p{Lu}[\p{L}'’.-]{0,30}){0,2}`;
const ACTOR = new RegExp(
  `^(?:\\*{0,2}|@|\\[)(${NAME})(?:\\*{0,2}\\]?(?:\\s?:\\s|\\s[–—-]\\s)| (?:and ${NAME} )?(?:will|to|shall|should|must|is going to|are going to|needs to|has to|agreed to|takes|take|owns|sends|prepares)\\s)`,
  "u",
);
const BEHIND = new RegExp(`(?:\\(|\\[|[–—-] |owner: ?|@|→ ?|-> ?)(${NAME})(?:[,;)\\]]|\\s*$| by | until | before )`, "u");

/** What the form of a single line says for a property. */
export function entryCandidates(ask: Ask): readonly Found[] {
  const text = ask.source.text.trim();
  if (text.length > 600 || text === "") return [];
  const [type] = typesOf(ask.schema).filter((one) => one !== "null");
  if (type === "number" || type === "integer") return figures(ask).sort(byScore);
  const kind = textKindOf(ask.schema, ask.profile.words.join(" "));
  if (kind === "person" || isActor(ask)) return actor(ask, text);
  if (kind === "phrase" || kind === "title" || kind === "long") return [...deed(ask, text), ...lead(ask, text)];
  return kind === "organisation" || kind === "place" ? lead(ask, text).map((one) => ({ ...one, score: one.score - 0.08 })) : [];
}

const ACTORS = new Set(["owner", "person", "leader", "member"]);

function isActor(ask: Ask): boolean {
  return ask.profile.terms.some((term) => term.weight >= 0.5 && term.kin.some((group) => ACTORS.has(group)));
}

function place(ask: Ask, value: string, score: number): readonly Found[] {
  const fit = fitString(ask.schema, value.trim().replace(/[.,;:]$/, ""));
  const start = ask.source.text.indexOf(value);
  return fit === null || fit === "" ? [] : [{ value: fit, score, start, end: start + value.length }];
}

function actor(ask: Ask, text: string): readonly Found[] {
  const before = ACTOR.exec(text)?.[1];
  if (before !== undefined) return place(ask, before, 0.85);
  const behind = BEHIND.exec(text)?.[1];
  return behind === undefined ? [] : place(ask, behind, 0.7);
}

/** What is to be done: the entry without its actor, its day and its remarks. */
function deed(ask: Ask, text: string): readonly Found[] {
  const wants =
    ask.profile.words.flatMap(kinOf).includes("task") || /^(?:what|description|summary|title|text)$/.test(ask.profile.words.at(-1) ?? "");
  if (!wants) return [];
  const opening = ACTOR.exec(text)?.[0] ?? "";
  const rest = text.slice(opening.length);
  const day = ask.source.entities.find((one) => one.kind === "date" && one.start - ask.source.text.indexOf(text) > opening.length + 3);
  const until = day === undefined ? rest.length : day.start - ask.source.text.indexOf(text) - opening.length;
  const cut = rest
    .slice(0, until)
    .replace(/[\s(,;–—-]{0,4}\b(?:by|before|until|till|due|on|for|no later than)?:?\s{0,3}$/i, "")
    .replace(/\s*[([][^()[\]]{0,80}[)\]]?\s*$/, "")
    .replace(/\s+[–—-]\s+[^–—]{0,60}$/, "")
    .replace(/[\s(,;–—-]{1,4}$/, "");
  return place(ask, cut, opening === "" ? 0.5 : 0.6);
}

/** What the entry begins with, up to its first figure or mark. */
function lead(ask: Ask, text: string): readonly Found[] {
  const counted = /^(?:\d{1,6}(?: ?[x×*]| (?:pcs|pieces|units)(?: of)?)? +)?/i.exec(text)?.[0] ?? "";
  const rest = text.slice(counted.length);
  const cut = rest.split(/\s*(?:[,;:|(@=]|\s[–—-]\s|\s\d|[$€£]|\s[x×] ?\d)/)[0] ?? "";
  return place(ask, cut, 0.42);
}

/** Figures of one line: a bare whole number counts, the first sum is for one, the last for all. */
function figures(ask: Ask): Found[] {
  const numbers = ask.source.entities.filter((one) => one.kind === "number" && !one.ordinal);
  const money = numbers.filter((one) => one.currency !== null || /[.,]\d{2}$/.test(one.text));
  const plain = numbers.filter((one) => !money.includes(one) && !one.percent && Number.isInteger(one.value));
  const groups = new Set(ask.profile.words.flatMap(kinOf));
  const pick =
    groups.has("count") && !groups.has("price")
      ? plain[0]
      : groups.has("each")
        ? money[0]
        : groups.has("total") || groups.has("price")
          ? money[money.length - 1]
          : undefined;
  const value = pick === undefined ? null : fitNumber(ask.schema, Number(pick.value));
  return pick === undefined || value === null ? [] : [{ value, score: groups.has("each") ? 0.58 : 0.55, start: pick.start, end: pick.end }];
}
