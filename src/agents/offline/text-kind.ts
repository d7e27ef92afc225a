// What kind of text a string property wants, by its format and by the general words of its name and description.
import { kinOf } from "./kin.ts";
import type { Schema } from "./schema.ts";
import { hintOf, numberOfKey, textOf } from "./schema.ts";
import { root, stem } from "./stems.ts";
import { nameWords, wordsOf } from "./words.ts";

/** The kinds of text that have rules of their own. */
export type TextKind =
  | "email"
  | "url"
  | "phone"
  | "date"
  | "date-time"
  | "time"
  | "code"
  | "currency"
  | "address"
  | "person"
  | "organisation"
  | "place"
  | "title"
  | "role"
  | "long"
  | "query"
  | "phrase";

const FORMATS: Readonly<Record<string, TextKind>> = {
  email: "email",
  "idn-email": "email",
  uri: "url",
  url: "url",
  iri: "url",
  date: "date",
  "date-time": "date-time",
  time: "time",
  phone: "phone",
  e164: "phone",
};

const HEADS: readonly (readonly [kind: TextKind, words: string])[] = [
  ["email", "email mail"],
  ["phone", "phone telephone tel mobile fax cell"],
  ["url", "url uri link website homepage web"],
  ["date", "date deadline due birthday until since"],
  ["time", "time"],
  ["currency", "currency"],
  ["address", "address street"],
  ["code", "id number no nr code reference ref identifier iban"],
  ["place", "location place city town venue country region area"],
  ["organisation", "company organisation organization firm business institution agency employer"],
  ["person", "person author owner assignee speaker host contact who"],
  ["role", "role position job occupation profession"],
  ["title", "title subject headline heading topic"],
  ["query", "query search keyword term phrase input prompt"],
  [
    "long",
    "summary description note comment message body text detail reason abstract overview explanation reply answer draft response content highlight rationale background",
  ],
];

const byWord = new Map(HEADS.flatMap(([kind, words]) => words.split(" ").map((word): [string, TextKind] => [stem(word), kind])));

const WEAK_HEADS = new Set("value text string full list field".split(" ").map(stem));

/** The kind of text the property wants. */
export function textKindOf(schema: Schema, name: string): TextKind {
  const format = FORMATS[textOf(schema, "format")];
  if (format !== undefined) return format;
  const hint = hintOf(schema);
  if (/\bISO[ -]?4217|currency code\b/i.test(hint)) return "currency";
  if (/\bYYYY-MM-DDT|date[- ]time\b/i.test(hint)) return "date-time";
  if (/\bYYYY-MM-DD|\bISO(?:[ -]?8601)? date\b/i.test(hint)) return "date";
  const words = nameWords(name);
  const kind = kindOfName(words);
  if (kind !== null) return kind;
  const told = kindOfHint(hint);
  if (told !== null) return told;
  if (isAgent(words) && TRADE.has(root(words[words.length - 1] ?? ""))) return "organisation";
  return isAgent(words) ? "person" : (numberOfKey(schema, "minLength") ?? 0) > 60 ? "long" : "phrase";
}

function kindOfName(words: readonly string[]): TextKind | null {
  const last = words[words.length - 1] ?? "";
  if (words.length > 1 && (last === "at" || last === "on")) return "date";
  if (/^(?:title|name)$/.test(last) && /^(?:job|role|position)$/.test(words[words.length - 2] ?? "")) return "role";
  if (last === "name" && words.length > 1) return nameKind(words.slice(0, -1));
  if (last === "name") return "person";
  const head = WEAK_HEADS.has(stem(last)) && words.length > 1 ? (words[words.length - 2] ?? "") : last;
  const known = byWord.get(stem(head));
  if (known !== undefined) return known;
  const first = byWord.get(stem(words[0] ?? ""));
  if (first === "date" || first === "email" || first === "phone") return first;
  return null;
}

// Those who sell and buy are more often firms than people.
const TRADE = new Set("sell vend supply provide buy".split(" ").map(root));

function isAgent(words: readonly string[]): boolean {
  const last = words[words.length - 1] ?? "";
  return AGENT.test(last) && !THINGS.has(last);
}

// Who does something, or has it done: `buyer`, `applicant`, `patient`, `trainee`, `soloist`.
const AGENT = /^\p{L}{3,}(?:er|or|ee|ist|ian|ant|(?<!m)ent)$/u;
const THINGS = new Set(
  "number order paper letter offer color floor power center water answer header footer folder filter counter chapter quarter matter error factor content extent percent talent event accent register character summer winter weather former latter other".split(
    " ",
  ),
);

/** `cityName` wants what `city` wants; a name of nothing known may be a person's or a thing's. */
function nameKind(words: readonly string[]): TextKind {
  const known = byWord.get(stem(words[words.length - 1] ?? ""));
  if (known === "organisation" || known === "place") return known;
  return words.some((word) => kinOf(word).some((group) => PEOPLE.has(group)) || /^(?:full|first|last)$/.test(word)) ? "person" : "phrase";
}

const PEOPLE = new Set(["person", "member", "owner", "leader", "giver", "receiver"]);

function kindOfHint(hint: string): TextKind | null {
  const words = wordsOf(hint).slice(0, 8);
  for (const word of words) {
    const kind = byWord.get(stem(word));
    if (kind !== undefined && kind !== "long" && kind !== "title" && kind !== "time") return kind;
    if (kind === "long" && /\b(?:short|brief|one|two|three|in|sentences?|summary)\b/i.test(hint)) return "long";
  }
  return null;
}
