import type { Candidate } from "./candidates.ts";
import { entityCandidates } from "./candidates.ts";
import { boundsOf, fitNumber } from "./conform.ts";
import type { Entity } from "./entities.ts";
import type { Ask, Found } from "./found.ts";
import { byScore, found } from "./found.ts";
import { kinOf } from "./kin.ts";
import { listFor } from "./lists.ts";
import { hintOf } from "./schema.ts";
import { stem } from "./stems.ts";
import { wordsOf } from "./words.ts";

/** Everything in the text that could fill a number property, best first. */
export function numberCandidates(ask: Ask): readonly Found[] {
  const wish = wishOf(ask);
  const candidates = entityCandidates(ask.profile, ask.source, (entity) => (entity.kind === "number" ? priorOf(entity, wish) : null));
  const all = candidates.flatMap((one): readonly Found[] => {
    const value = fitNumber(ask.schema, inUnit(one, ask, wish));
    return value === null ? [] : [{ value, score: one.score + rangeSide(one, ask), start: one.start, end: one.end }];
  });
  if (wish.minutes) all.push(...spans(ask));
  if (wish.counting) all.push(...counted(ask));
  return all.sort(byScore).slice(0, 24);
}

/** What kind of number the property's words ask for. */
interface Wish {
  readonly money: boolean;
  readonly percent: boolean;
  readonly counting: boolean;
  readonly total: boolean;
  readonly minutes: boolean;
  readonly year: boolean;
  readonly unit: string | null;
}

const MONEY = new Set("money price cost amount total sum subtotal fee value pay budget worth due balance".split(" ").map(stem));
/** Units of time by stem, in minutes. */
const UNITS: readonly (readonly [unit: string, minutes: number])[] = [
  ["second", 1 / 60],
  ["minut", 1],
  ["hour", 60],
  ["day", 1_440],
  ["week", 10_080],
  ["month", 43_800],
  ["year", 525_600],
];

function wishOf(ask: Ask): Wish {
  const { words } = ask.profile;
  const asked = [...words, ...wordsOf(hintOf(ask.schema)).slice(0, 16)].map(stem);
  const own = words.map(stem);
  const unit =
    UNITS.find(([name]) => asked.includes(name) || asked.includes(name === "minut" ? "min" : name === "hour" ? "hr" : name))?.[0] ?? null;
  const year = words.includes("year");
  return {
    money: own.some((word) => MONEY.has(word)) || asked.includes("money") || asked.includes("currency"),
    percent: asked.some((word) => word === "percent" || word === "percentage" || word === "rat"),
    counting:
      own.includes("count") ||
      (own.includes("number") && words.length > 1) ||
      /\b(?:how many|number of|count of)\b/i.test(hintOf(ask.schema)),
    total: own.includes("total") && !own.some((word) => word === "net" || word === "sub"),
    minutes: unit === "minut" && words.some((word) => kinOf(word).includes("length")),
    unit: year ? null : unit,
    year,
  };
}

/** A sign of currency or percent speaks for some properties and against others. */
function priorOf(entity: Entity, wish: Wish): number | null {
  if (entity.ordinal) return null;
  const money = entity.currency !== null;
  const decimals = /[.,]\d{2}$/.test(entity.text);
  if (wish.money) return money ? 0.2 : entity.percent ? -0.4 : decimals ? 0.12 : 0;
  if (wish.percent) return entity.percent ? 0.25 : -0.1;
  if (wish.year) return Number(entity.value) >= 1800 && Number(entity.value) <= 2199 && /^\d{4}$/.test(entity.text) ? 0.2 : -0.2;
  if (entity.percent) return -0.15;
  return money && (wish.counting || wish.unit !== null) ? -0.3 : 0;
}

/** Of `20 to 30` the first is the least and the second the most. */
function rangeSide(candidate: Candidate, ask: Ask): number {
  const groups = ask.profile.words.flatMap(kinOf);
  const [low, high] = [groups.includes("minimum"), groups.includes("maximum")];
  if (low === high) return 0;
  const opens = /^ ?(?:k|%|\p{Sc})? ?(?:-|–|—|to|and) ?\p{Sc}? ?\d/iu.test(ask.source.text.slice(candidate.end, candidate.end + 12));
  const closes = /\d ?(?:k|%|\p{Sc})? ?(?:-|–|—|to|and) ?\p{Sc}? ?$/iu.test(
    ask.source.text.slice(Math.max(0, candidate.start - 12), candidate.start),
  );
  if (opens === closes) return 0;
  return opens === low ? 0.15 : -0.15;
}

/** The value in the unit the property names: `1.5 hours` is 90 for minutes. A share below 1 where the bounds ask for it. */
function inUnit(candidate: Candidate, ask: Ask, wish: Wish): number {
  const value = Number(candidate.entity?.value ?? 0);
  if (candidate.entity?.percent === true && boundsOf(ask.schema).most <= 1) return value / 100;
  if (wish.unit === null) return value;
  const after = wordsOf(ask.source.text.slice(candidate.end, candidate.end + 14))[0] ?? "";
  const said = UNITS.find(
    ([name]) => stem(after) === name || (name === "minut" && /^mins?$/.test(after)) || (name === "hour" && /^(?:h|hrs?)$/.test(after)),
  );
  const wanted = UNITS.find(([name]) => name === wish.unit);
  if (said === undefined || wanted === undefined || said === wanted) return value;
  return Number(((value * said[1]) / wanted[1]).toPrecision(12));
}

/** `10:00-10:45` lasts 45 minutes. */
function spans(ask: Ask): readonly Found[] {
  const times = ask.source.entities.filter((one) => one.kind === "time").slice(0, 200);
  return times.flatMap((from, index): readonly Found[] => {
    const to = times[index + 1];
    if (to === undefined || !/^\s*(?:-|–|—|to|until|till)\s*$/.test(ask.source.text.slice(from.end, to.start).slice(0, 20))) return [];
    const minutes = minutesOf(String(to.value)) - minutesOf(String(from.value));
    const value = fitNumber(ask.schema, minutes > 0 ? minutes : minutes + 1_440);
    // No place: the same times may be asked for as well.
    return value === null ? [] : [found(value, 0.55)];
  });
}

function minutesOf(iso: string): number {
  return Number(iso.slice(0, 2)) * 60 + Number(iso.slice(3, 5));
}

/** How many entries the list has that the property speaks of, where the text gives no figure itself. */
function counted(ask: Ask): readonly Found[] {
  const list = listFor(ask);
  const value = list === null ? null : fitNumber(ask.schema, list.items.length);
  return list === null || value === null || list.score < 0.5 ? [] : [found(value, 0.45)];
}
