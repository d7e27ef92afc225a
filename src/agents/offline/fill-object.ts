import type { Json } from "../../base/json.ts";
import { fitString } from "./conform.ts";
import type { Found } from "./found.ts";
import { byScore, ENOUGH, found } from "./found.ts";
import { emptyLeaf, leafCandidates } from "./leaf.ts";
import { labelFit } from "./profile.ts";
import { asSchema, hintOf, listOf, numberOfKey, propertiesOf, resolve, typesOf, variantsOf } from "./schema.ts";
import { sourceOf } from "./source.ts";
import type { Task } from "./task.ts";
import { askOf, BOTTOM, DEEPEST, isInside } from "./task.ts";
import type { Field } from "./text-shape.ts";
import { fieldsOf } from "./text-shape.ts";

type Fill = (task: Task) => Found;

interface Slot {
  readonly name: string;
  readonly task: Task;
  readonly required: boolean;
  /** What could fill it, best first; null for anything but a plain text or number. */
  readonly candidates: readonly Found[] | null;
}

/** Fills an object property by property. Two properties do not read the same place if one of them has another. */
export function fillObject(task: Task, fill: Fill): Found {
  const { schema, frame } = task;
  const slots = slotsOf(task);
  if (slots.length === 0) return fillRecord(task, fill);
  const parents = task.name === "" ? frame.parents : [...frame.parents, task.name];
  const about = task.name === "" ? "" : `${frame.about} ${hintOf(schema)}`.slice(0, 600);
  const inner = { ...frame, parents, about, depth: frame.depth + 1, trail: [...frame.trail, schema["properties"]] };
  if (frame.depth >= BOTTOM) return found({}, 0);
  const tooDeep = frame.depth >= DEEPEST || isInside(schema, frame);
  const live = tooDeep ? slots.filter((slot) => slot.required) : slots;
  const ready = live.map((slot): Slot => {
    const own = { ...slot.task, frame: inner };
    return { ...slot, task: own, candidates: tooDeep ? null : leafCandidates(own) };
  });
  const taken = share(ready);
  const value: Record<string, Json> = {};
  const scores: number[] = [];
  for (const slot of ready) {
    const one = taken.get(slot.name) ?? fillSlot(slot, fill);
    if (!slot.required && one.score < ENOUGH) continue;
    // `__proto__` as a plain assignment would set the prototype instead of a property.
    Object.defineProperty(value, slot.name, { value: one.value, enumerable: true, configurable: true, writable: true });
    scores.push(one.score);
  }
  return found(value, meanOfBest(scores) * (numberOfKey(schema, "minProperties") === undefined ? 1 : 0.99));
}

function fillSlot(slot: Slot, fill: Fill): Found {
  if (slot.candidates === null) return fill(slot.task);
  const schema = resolve(slot.task.schema, slot.task.frame.document);
  const nullable = typesOf(schema).includes("null") || variantsOf(schema).some((variant) => variant["type"] === "null");
  if (nullable) return found(null, 0);
  return slot.required ? emptyLeaf({ ...slot.task, schema }) : found(null, 0);
}

function slotsOf(task: Task): readonly Slot[] {
  const { schema } = task;
  const required = new Set(listOf(schema, "required").filter((name) => typeof name === "string"));
  const properties = propertiesOf(schema);
  const declared = new Set(properties.map(([name]) => name));
  const rest = asSchema(schema["additionalProperties"]);
  const undeclared = [...required].filter((name) => !declared.has(name)).map((name) => [name, rest] as const);
  const all = [...properties, ...undeclared];
  const siblings = all.map(([name]) => name);
  return all.map(([name, inner]) => ({
    name,
    task: { schema: inner, name, siblings, frame: task.frame },
    required: required.has(name),
    candidates: null,
  }));
}

/** Deals the places of the text out: the strongest claim first; who comes too late takes its next best. */
function share(slots: readonly Slot[]): ReadonlyMap<string, Found> {
  const claims = slots.flatMap((slot) => (slot.candidates ?? []).map((one) => ({ slot, one })));
  const taken = new Map<string, Found>();
  const places: Found[] = [];
  for (const { slot, one } of claims.sort((a, b) => byScore(a.one, b.one))) {
    if (taken.has(slot.name) || (one.score < ENOUGH && !slot.required)) continue;
    if (one.start >= 0 && places.some((place) => overlaps(place, one))) continue;
    taken.set(slot.name, one);
    if (one.start >= 0) places.push(one);
  }
  for (const slot of slots) {
    // Nothing of its own is left: a place that somebody else has may still be right (one day, start and end of it).
    const second = taken.has(slot.name) ? undefined : slot.candidates?.[0];
    if (second !== undefined && second.score >= 0.6) taken.set(slot.name, { ...second, score: second.score * 0.8 });
  }
  for (const slot of slots) {
    const one = taken.get(slot.name);
    if (one !== undefined && one.score < ENOUGH && isNullable(slot)) taken.set(slot.name, found(null, 0));
  }
  return taken;
}

function isNullable(slot: Slot): boolean {
  const schema = resolve(slot.task.schema, slot.task.frame.document);
  return typesOf(schema).includes("null") || variantsOf(schema).some((variant) => variant["type"] === "null");
}

function overlaps(a: Found, b: Found): boolean {
  return a.start < b.end && b.start < a.end;
}

/** How much the text says of an object: the mean of its better half, so that missing extras do not count against it. */
function meanOfBest(scores: readonly number[]): number {
  const best = [...scores].sort((a, b) => b - a).slice(0, Math.max(1, Math.ceil(scores.length / 2)));
  return best.length === 0 ? 0 : best.reduce((sum, score) => sum + score, 0) / best.length;
}

/** An object of free keys: the labels of the text with their values, as far as the value schema takes them. */
function fillRecord(task: Task, fill: Fill): Found {
  const { schema, frame } = task;
  const free = schema["additionalProperties"];
  if (free === undefined || free === false || frame.depth >= DEEPEST) return found({}, 0);
  const values = asSchema(free);
  const keys = asSchema(schema["propertyNames"]);
  const pairs: [string, Json][] = [];
  for (const field of fieldsFor(task)) {
    const key = fitString(keys, field.label);
    if (key === null || pairs.length >= 50) continue;
    const source = sourceOf(`${field.label}: ${field.value}`);
    const one = fill({ schema: values, name: field.label, siblings: [], frame: { ...frame, source, depth: frame.depth + 1 } });
    if (one.score >= ENOUGH) pairs.push([key, one.value]);
  }
  return found(Object.fromEntries(pairs), pairs.length > 0 ? 0.5 : 0);
}

/** The labels a record is made of: those below the heading it is named by; all of them where it is the whole answer. */
function fieldsFor(task: Task): readonly Field[] {
  const { source } = task.frame;
  if (task.name === "") return source.fields.slice(0, 200);
  const { profile } = askOf(task);
  const block = source.blocks.find((one) => labelFit(profile, one.words) >= 0.5);
  return block === undefined ? [] : block.lines.flatMap(fieldsOf).slice(0, 200);
}
