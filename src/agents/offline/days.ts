// Which of the text's days a property wants: its own, a deadline, a birthday, the next time.
import type { Candidate } from "./candidates.ts";
import { entityCandidates, fieldAt } from "./candidates.ts";
import type { Entity } from "./entities.ts";
import type { Ask, Found } from "./found.ts";
import { at } from "./found.ts";
import { kinOf } from "./kin.ts";
import { hintOf, textOf } from "./schema.ts";
import { wordsOf } from "./words.ts";

/** The days the text names, in the form the schema asks for. */
export function dayCandidates(ask: Ask, kind: "date" | "date-time"): readonly Found[] {
  const strict = textOf(ask.schema, "format") !== "" || /\bISO|YYYY/i.test(hintOf(ask.schema));
  const apart = isRelated(ask);
  const candidates = entityCandidates(ask.profile, ask.source, (entity) =>
    entity.kind === "date" ? 0.15 + ownDay(ask, entity, apart) + relation(ask, entity) : null,
  );
  return candidates.flatMap((one) => {
    const iso = String(one.entity?.value ?? "");
    const full = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso : /^\d{4}-\d{2}$/.test(iso) ? `${iso}-01` : null;
    if (kind === "date-time" && full !== null) return [at(one, `${full}T${timeNear(ask, one)}Z`)];
    if (strict || full === iso) return full === null ? [] : [at(one, full)];
    return [at(one, one.text)];
  });
}

const RELATED = new Set(["due", "start", "end", "next", "birth", "past"]);

/** Does the property want a day other than the text's own: a deadline, a birthday, the next time? */
function isRelated(ask: Ask): boolean {
  const own = ask.profile.terms.filter((term) => term.weight >= 0.4);
  return [...own, ...ask.profile.hints].some((term) => term.kin.some((group) => RELATED.has(group)));
}

/** `until`, `from`, `born` right before a day say which day it is. */
function relation(ask: Ask, entity: Entity): number {
  const wanted = [...ask.profile.terms.filter((term) => term.weight >= 0.4), ...ask.profile.hints]
    .flatMap((term) => term.kin)
    .filter((group) => RELATED.has(group));
  if (wanted.length === 0) return 0;
  const outside = wordsOf(ask.source.text.slice(Math.max(0, entity.start - 16), entity.start)).slice(-2);
  const before = [...outside, ...wordsOf(entity.text).slice(0, 1)];
  return before.some((word) => kinOf(word).some((group) => wanted.includes(group))) ? 0.2 : 0;
}

/** A bare `Date:` is the day the text itself was written for. */
function ownDay(ask: Ask, entity: Entity, apart: boolean): number {
  if (!/^(?:date|dated)$/i.test(fieldAt(ask.source, entity.start)?.label ?? "")) return 0;
  return apart ? -0.25 : 0.1;
}

/** The time of day on the same line; midnight where there is none. */
function timeNear(ask: Ask, date: Candidate): string {
  const near = ask.source.entities.find(
    (one) =>
      one.kind === "time" &&
      Math.abs(one.start - date.end) < 40 &&
      !ask.source.text.slice(Math.min(date.start, one.start), one.end).includes("\n"),
  );
  return near === undefined ? "00:00:00" : String(near.value);
}
