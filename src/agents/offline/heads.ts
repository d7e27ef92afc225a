// What the head of a text says without a label: its title, whose it is, what they do and where.
import type { Ask, Found } from "./found.ts";
import { found } from "./found.ts";
import { isOrganisation, isPersonLike } from "./names.ts";
import { isDoing, postsIn } from "./posts.ts";
import { hintOf } from "./schema.ts";
import { stem } from "./stems.ts";
import { isGreeting } from "./summary.ts";
import type { TextKind } from "./text-kind.ts";
import type { Line } from "./text-shape.ts";
import { wordsOf } from "./words.ts";

/** Everything that place and form alone say for a property of this kind. */
export function headCandidates(ask: Ask, kind: TextKind): readonly Found[] {
  switch (kind) {
    case "title":
      return firstLines(ask, kind);
    case "person":
      return ask.profile.words.length < 3 ? firstLines(ask, kind) : [];
    case "organisation":
      return [...firstLines(ask, kind), ...posts(ask, kind)];
    case "role":
      return [...headRoles(ask), ...posts(ask, kind)];
    case "place":
      return loneNames(ask);
    default:
      return [];
  }
}

/** Where nothing is labelled, a document's head says its title, and often whose it is. */
function firstLines(ask: Ask, kind: TextKind): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 4);
  return heads.flatMap((line, index): readonly Found[] => {
    const labelled = kind === "person" && index === 0 ? (/^[\p{L} ]{2,30}: (.{3,60})$/u.exec(line.text)?.[1] ?? "") : "";
    if (isPersonLike(labelled)) return [{ value: labelled, score: 0.38, start: line.start, end: line.start + line.text.length }];
    const whole = headText(line, ask);
    const text = kind === "person" ? (whole.split(/\s*[,|·–—]\s*/)[0] ?? "") : whole;
    if (text === "" || (kind === "person" && (index > 1 || !isPersonLike(text) || !isOwnName(text, ask)))) return [];
    if (kind === "organisation" && !(isOrganisation(text) || (isGiver(ask) && isOwnName(text, ask)))) return [];
    const mailed = kind === "person" && isMailed(text, ask) ? 0.2 : 0;
    return [
      {
        value: text,
        score: mailed + (kind === "person" ? 0.45 : kind === "organisation" && !isOrganisation(text) ? 0.37 : 0.4) - index * 0.06,
        start: line.start,
        end: line.start + text.length,
      },
    ];
  });
}

/** An e-mail address in the text that has the name in it says whose text it is. */
function isMailed(name: string, ask: Ask): boolean {
  const words = wordsOf(name).filter((word) => word.length > 2);
  const boxes = ask.source.entities
    .filter((one) => one.kind === "email")
    .slice(0, 20)
    .map((one) => one.text.toLowerCase().split("@")[0] ?? "");
  return boxes.some((box) => words.some((word) => box.includes(word)));
}

function isGiver(ask: Ask): boolean {
  return [...ask.profile.terms, ...ask.profile.hints].some((term) => term.kin.includes("giver"));
}

/** A row of capitalised words that the prompt did not use already: a name rather than the kind of document. */
export function isOwnName(text: string, ask: Ask): boolean {
  const asked = new Set(wordsOf(`${ask.instructions} ${hintOf(ask.schema)}`).map(stem));
  return /^\p{Lu}[\p{L}&.'’ -]{2,60}$/u.test(text) && !wordsOf(text).some((word) => asked.has(stem(word)));
}

/** The line as a title: without its date and a remark in brackets; empty where it is no title. */
function headText(line: Line, ask: Ask): string {
  const day = ask.source.entities.find(
    (one) =>
      one.kind === "date" &&
      one.start > line.start &&
      one.end >= line.start + line.text.length - 2 &&
      one.end <= line.start + line.text.length,
  );
  const text = (day === undefined ? line.text : line.text.slice(0, day.start - line.start))
    .replaceAll(/[#*_]/g, "")
    .replace(/\s*\([^()]{0,80}\)?\s*$/, "")
    .replace(/[\s,–—(-]{1,4}$/, "")
    .trim();
  if (isGreeting(text)) return "";
  const labelled = ask.source.fields.some(
    (field) => field.start > line.start && field.start <= line.start + line.text.length && line.text.includes(": "),
  );
  return text.length <= 90 && !line.bullet && !labelled && !/[.!?:,]$/.test(text) && !/@|^\+?\d/.test(text) ? text : "";
}

/** The roles or the places of the posts the text tells of; those that go on for what is asked of today. */
function posts(ask: Ask, kind: TextKind): readonly Found[] {
  const groups = ask.profile.terms.filter((term) => term.weight >= 0.4).flatMap((term) => term.kin);
  if (kind === "organisation" && (groups.includes("giver") || groups.includes("receiver"))) return [];
  const [now, past] = [groups.includes("current"), groups.includes("past")];
  return postsIn(ask.source).map((post, index): Found => {
    const time = now ? (post.current ? 0.2 : -0.3) : past ? (post.current ? -0.3 : 0.1) : 0.05;
    return { value: kind === "role" ? post.role : post.place, score: 0.45 + time - Math.min(5, index) * 0.01, start: -1, end: -1 };
  });
}

/** Below or beside the name at the head of a text stands what its bearer does. */
function headRoles(ask: Ask): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 3);
  return heads.flatMap((line, index): readonly Found[] => {
    const parts = line.text.length > 160 ? [] : line.text.replaceAll(/[#*_]/g, "").split(/\s*[,|·]\s*|\s[–—-]\s/);
    const role = parts.find(
      (part) => isDoing(part) && !/[@\d.:]/.test(part) && part.split(" ").length <= 5 && !(index === 0 && part === parts[0]),
    );
    return role === undefined ? [] : [found(role.trim(), 0.42 - index * 0.03)];
  });
}

/** In the head of a text, a name that stands alone between separators is where somebody is. */
function loneNames(ask: Ask): readonly Found[] {
  const heads = ask.source.lines.filter((line) => !line.blank).slice(0, 5);
  return heads.flatMap((line, index) => {
    if (index > 0 && /^\p{Lu}[\p{L} '-]{1,30}, \p{Lu}[\p{L} '-]{1,30}$/u.test(line.text) && !isDoing(line.text)) {
      return [{ value: line.text, score: 0.45, start: line.start, end: line.start + line.text.length }];
    }
    const parts = line.text.length > 200 ? [] : line.text.split(/\s*[|·•]\s*/);
    const alone = parts.length < 2 ? [] : parts.filter((part) => /^\p{Lu}[\p{L}.'-]*(?:,? \p{Lu}[\p{L}.'-]*){0,3}$/u.test(part));
    return alone.map(
      (text): Found => ({
        value: text,
        score: 0.38,
        start: line.start + line.text.indexOf(text),
        end: line.start + line.text.indexOf(text) + text.length,
      }),
    );
  });
}
