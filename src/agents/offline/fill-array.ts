import type { Json } from "../../base/json.ts";
import { blockAt } from "./candidates.ts";
import { fitNumber, fitString, isNone } from "./conform.ts";
import { scoreChoices } from "./enums.ts";
import type { Ask, Found } from "./found.ts";
import { ENOUGH, found } from "./found.ts";
import { kinOf } from "./kin.ts";
import { listFor } from "./lists.ts";
import { numbersIn } from "./numbers.ts";
import { labelFit } from "./profile.ts";
import type { Choice, Schema } from "./schema.ts";
import { asSchema, choicesOf, hintOf, listOf, numberOfKey, plainPart, resolve, spelled, typesOf, variantsOf } from "./schema.ts";
import { sourceOf } from "./source.ts";
import { root, stem } from "./stems.ts";
import { keywords } from "./summary.ts";
import { rowsFor } from "./tables.ts";
import type { Task } from "./task.ts";
import { askOf, DEEPEST, isInside } from "./task.ts";
import { textKindOf } from "./text-kind.ts";
import { nameWords, tokensOf } from "./words.ts";

type Fill = (task: Task) => Found;

/** Fills a list: its entries are what the text lists under the property's name. */
export function fillArray(task: Task, fill: Fill): Found {
  const { schema, frame } = task;
  const tuple = listOf(schema, "prefixItems").concat(Array.isArray(schema["items"]) ? (schema["items"] as readonly unknown[]) : []);
  const inner: Task = { ...task, frame: { ...frame, depth: frame.depth + 1 } };
  if (tuple.length > 0) return fillTuple(inner, tuple.map(asSchema), fill);
  const least = numberOfKey(schema, "minItems") ?? 0;
  const single = asSchema(schema["items"]);
  const items = plainPart(single, frame.document) ?? resolve(single, frame.document);
  const entries =
    frame.depth >= DEEPEST || schema["items"] === false || isInside(items, frame)
      ? { values: [], score: 0 }
      : entriesFor(inner, items, fill);
  const most = Math.min(numberOfKey(schema, "maxItems") ?? 100, 1_000);
  const distinct = schema["uniqueItems"] === true || typesOf(items)[0] === "string" ? unique(entries.values) : entries.values;
  const values = distinct.slice(0, Math.max(0, most));
  return found(padded(values, { least, items, task: inner, fill }), values.length > 0 ? entries.score : 0);
}

interface Entries {
  readonly values: readonly Json[];
  readonly score: number;
}

function entriesFor(task: Task, items: Schema, fill: Fill): Entries {
  const ask = askOf(task);
  const choices = choicesOf(items);
  if (choices !== null) return chosenEntries(ask, items, choices);
  const types = typesOf(items).filter((type) => type !== "null");
  // Several kinds of entries: each is filled on its own, by the branch that fits it best.
  if (variantsOf(items).length > 0 || types.length > 1) return filledEntries(task, items, fill);
  switch (types[0]) {
    case "string":
      return textEntries(ask, items, task.name);
    case "number":
    case "integer":
      return numberEntries(ask, items);
    case "object":
      return filledEntries(task, items, fill);
    default:
      return { values: [], score: 0 };
  }
}

/** Every value the text speaks for, in the order of the schema. A labelled list decides where there is one. */
function chosenEntries(ask: Ask, items: Schema, choices: readonly Choice[]): Entries {
  const list = listFor(ask);
  const solid = choices.filter((choice) => choice.value !== null);
  if (list !== null && list.score >= 0.5) {
    const said = new Set(list.items.flatMap((item) => nameWords(item).map(stem)));
    const listed = solid.filter((choice) => nameWords(spelled(choice.value)).every((word) => said.has(stem(word))));
    if (listed.length > 0) return { values: listed.map((choice) => choice.value), score: 0.8 };
  }
  const described = {
    ...ask,
    schema: { ...items, description: bothHints(items, ask.schema) },
  };
  const spoken = scoreChoices(described, solid).filter((one) => one.score >= 1.2);
  return { values: spoken.map((one) => one.value), score: spoken.length > 0 ? 0.6 : 0 };
}

/** What the schema says of one entry, and of the list. */
function bothHints(items: Schema, list: Schema): string {
  return [hintOf(items), hintOf(list)].filter((hint) => hint !== "").join(". ");
}

const LISTABLE = { email: "email", url: "url", phone: "phone", date: "date", "date-time": "date" } as const;

function textEntries(ask: Ask, items: Schema, name: string): Entries {
  const kind = textKindOf({ ...items, description: bothHints(items, ask.schema) }, name);
  if (kind in LISTABLE) return shapedEntries(ask, items, LISTABLE[kind as keyof typeof LISTABLE]);
  const list = listFor(ask);
  if (list !== null)
    return { values: fitting(items, plainItems(list.items, kind === "person" || isMember(ask))), score: Math.min(0.95, list.score) };
  if (ask.profile.words.some((word) => /^(?:tags?|keywords?|topics?)$/.test(word)))
    return { values: fitting(items, keywords(ask.source, 5)), score: 0.5 };
  const spoken = sentencesOn(ask);
  return { values: fitting(items, spoken), score: spoken.length > 0 ? 0.42 : 0 };
}

function isMember(ask: Ask): boolean {
  return ask.profile.terms.some((term) => term.weight >= 0.5 && (term.kin.includes("member") || term.kin.includes("person")));
}

/** Short names lose their remarks: `English (fluent)` is English. Longer entries keep them, for they may matter. */
function plainItems(items: readonly string[], people: boolean): readonly string[] {
  const short = items.every((item) => item.replace(/\s*\([^()]{0,100}\)\s*$/, "").split(" ").length <= 3);
  return people || short ? items.map(withoutRemark) : items;
}

/** `Ana Ruiz (chair)` is Ana Ruiz. */
function withoutRemark(item: string): string {
  return item
    .replace(/\s*\([^()]{0,100}\)\s*$/, "")
    .replace(/\s+[–—-]\s.{0,200}$/, "")
    .trim();
}

function shapedEntries(ask: Ask, items: Schema, kind: string): Entries {
  const texts = ask.source.entities.filter((one) => one.kind === kind).map((one) => (kind === "date" ? String(one.value) : one.text));
  const block = ask.source.entities.filter(
    (one) => one.kind === kind && labelFit(ask.profile, blockAt(ask.source, one.start)?.words ?? []) > 0.5,
  );
  const values = fitting(items, block.length > 0 ? block.map((one) => (kind === "date" ? String(one.value) : one.text)) : texts);
  return { values, score: values.length > 0 ? 0.6 : 0 };
}

/** Sentences that speak the property's own word: `decisions` finds `We decided to …`. */
function sentencesOn(ask: Ask): readonly string[] {
  const wanted = new Set(ask.profile.terms.filter((term) => term.weight >= 0.5).flatMap((term) => [term.root, term.stem]));
  const groups = new Set<string>(
    ask.profile.terms.flatMap((term) => term.kin).filter((group) => group === "decide" || group === "task" || group === "aim"),
  );
  const speaks = (word: string): boolean =>
    wanted.has(root(word)) || wanted.has(stem(word)) || kinOf(word).some((group) => groups.has(group));
  const sentences = ask.source.sentences.slice(0, 2_000).filter((sentence) => tokensOf(sentence).some((token) => speaks(token.lower)));
  return sentences.slice(0, 10).map((sentence) => sentence.text.replace(/\.$/, ""));
}

function numberEntries(ask: Ask, items: Schema): Entries {
  const list = listFor(ask);
  const values = (list?.items ?? []).flatMap((item) => numbersIn(item).slice(0, 1)).flatMap((one) => fitNumber(items, one.value) ?? []);
  return { values, score: values.length > 0 ? (list?.score ?? 0) : 0 };
}

/** Rows of a table, or entries of a list: each is a small text from which the item is filled. */
function filledEntries(task: Task, items: Schema, fill: Fill): Entries {
  const ask = askOf(task);
  const rows = rowsFor(ask, items, task.frame.document);
  const values: Json[] = [];
  let sum = 0;
  for (const row of rows.texts.slice(0, 100)) {
    const frame = { ...task.frame, source: sourceOf(row), parents: [], about: "", trail: [], entry: rows.entry };
    const one = fill({ schema: items, name: "", siblings: [], frame });
    if (one.score < ENOUGH) continue;
    values.push(one.value);
    sum += one.score;
  }
  return { values, score: values.length === 0 ? 0 : Math.min(0.95, (sum / values.length + rows.score) / 2 + 0.1) };
}

function fitting(items: Schema, texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    const fit = fitString(items, text);
    return fit === null || fit === "" || isNone(fit) ? [] : [fit];
  });
}

function unique(values: readonly Json[]): readonly Json[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(value).toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

interface Padding {
  readonly least: number;
  readonly items: Schema;
  readonly task: Task;
  readonly fill: Fill;
}

/** Entries up to `minItems`: whatever fits the schema, different each time where it must be. */
function padded(values: readonly Json[], { least, items, task, fill }: Padding): readonly Json[] {
  const all = [...values];
  if (all.length >= least) return all;
  const spare = fill({ schema: items, name: task.name, siblings: [], frame: task.frame }).value;
  const different = task.schema["uniqueItems"] === true;
  for (let extra = 0; all.length < least && extra < least + 200; extra++) {
    const next = different ? varied(spare, extra, items) : spare;
    if (!different || !all.some((one) => JSON.stringify(one) === JSON.stringify(next))) all.push(next);
  }
  return all;
}

function varied(spare: Json, turn: number, items: Schema): Json {
  const choices = choicesOf(items);
  if (choices !== null) return choices[turn % choices.length]?.value ?? spare;
  if (typeof spare === "number") return fitNumber(items, spare + turn) ?? fitNumber(items, spare - turn) ?? spare;
  if (typeof spare === "boolean") return turn % 2 === 0 ? spare : !spare;
  if (typeof spare === "string")
    return turn === 0 ? spare : (fitString(items, `${spare}${turn}`) ?? fitString(items, String(turn)) ?? spare);
  return spare;
}

function fillTuple(task: Task, schemas: readonly Schema[], fill: Fill): Found {
  const filled = schemas.map((schema) => fill({ ...task, schema, siblings: [] }));
  const least = numberOfKey(task.schema, "minItems") ?? 0;
  const rest = resolve(asSchema(task.schema["items"]), task.frame.document);
  const values = padded(
    filled.map((one) => one.value),
    { least, items: rest, task, fill },
  );
  return found(values, Math.max(0, ...filled.map((one) => one.score)));
}
