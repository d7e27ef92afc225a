import type { Json } from "../../base/json.ts";
import { isPlainObject } from "../../base/json.ts";

type SchemaObject = Readonly<Record<string, Json>>;

/** A part of a JSON Schema, and the whole that its references lead into. */
export interface SchemaPart {
  readonly schema: Json;
  readonly document: Json;
}

/** What an agent's schemas say of what stands in the texts and the tool calls around it. */
export interface Spoken {
  /** Of any text that is JSON. */
  readonly texts: readonly SchemaPart[];
  /** Of the arguments of tools, by their names. */
  readonly tools: ReadonlyMap<string, SchemaPart>;
}

/** What is known of a place in a golden: it is the same object for all places of which the same is known. */
export interface Place {
  readonly isSensitive: boolean;
  /** Whether a text here must be read as JSON, because something in it may be sensitive. */
  readonly readsJson: boolean;
  /** The parts of schemas that speak of the value here. */
  readonly schemas: readonly SchemaObject[];
  readonly spoken: Spoken | null;
  field(name: string): Place;
  /** The field `input` beside the name of a tool: its schema speaks of it. */
  toolInput(tool: string): Place;
  item(index: number): Place;
  /** The same place, of which these schemas speak too. */
  with(parts: readonly SchemaPart[]): Place;
  /** The same place, near to an agent. */
  near(spoken: Spoken): Place;
}

interface Facts {
  /** How far each rule has come, as pairs of rule and segment in one number each. */
  readonly steps: readonly number[];
  readonly schemas: readonly SchemaPart[];
  readonly spoken: Spoken | null;
  readonly isSensitive: boolean;
}

/** What of a rule a name must fit: `**` is null. */
type Segment = RegExp | null;

const MOST_SEGMENTS = 1_000;

/** Knows which places are sensitive: by rules on their names, and by the schemas that speak of them. */
export class Places {
  readonly #rules: readonly (readonly Segment[])[];
  readonly #known = new Map<string, Place>();
  readonly #ids = new Map<object, number>();
  /** The whole of a golden. */
  readonly root: Place;
  /** A place of which nothing is known. */
  readonly nowhere: Place;

  constructor(fields: readonly string[]) {
    this.#rules = fields.map(segmentsOf);
    const steps = this.#closed(this.#rules.map((_rule, index) => index * MOST_SEGMENTS));
    this.nowhere = this.#place({ steps: [], schemas: [], spoken: null, isSensitive: false });
    this.root = this.#place({ steps, schemas: [], spoken: null, isSensitive: false });
  }

  #place(facts: Facts): Place {
    const expanded = expand(facts.schemas);
    const isSensitive =
      facts.isSensitive || expanded.some(({ schema }) => isMarked(schema)) || facts.steps.some((step) => this.#isEnd(step));
    const ids = [...new Set(expanded.map(({ schema }) => this.#idOf(schema)))].sort((a, b) => a - b);
    const spokenId = facts.spoken === null ? 0 : this.#idOf(facts.spoken);
    const key = `${facts.steps.join(",")}|${ids.join(",")}|${spokenId}|${isSensitive}`;
    let place = this.#known.get(key);
    if (place === undefined) {
      place = new KnownPlace(
        { ...facts, isSensitive },
        { expanded, place: (next) => this.#place(next), step: (steps, name) => this.#step(steps, name) },
      );
      this.#known.set(key, place);
    }
    return place;
  }

  #idOf(thing: object): number {
    const id = this.#ids.get(thing) ?? this.#ids.size + 1;
    this.#ids.set(thing, id);
    return id;
  }

  #isEnd(step: number): boolean {
    return this.#rules[Math.floor(step / MOST_SEGMENTS)]?.length === step % MOST_SEGMENTS;
  }

  #step(steps: readonly number[], name: string): readonly number[] {
    const next: number[] = [];
    for (const step of steps) {
      const segment = this.#rules[Math.floor(step / MOST_SEGMENTS)]?.[step % MOST_SEGMENTS];
      if (segment === null) next.push(step);
      else if (segment?.test(name) === true) next.push(step + 1);
    }
    return this.#closed(next);
  }

  /** With those that a `**` lets them go on to. */
  #closed(steps: readonly number[]): readonly number[] {
    const all = new Set(steps);
    for (const step of all) if (this.#rules[Math.floor(step / MOST_SEGMENTS)]?.[step % MOST_SEGMENTS] === null) all.add(step + 1);
    return [...all].sort((a, b) => a - b);
  }
}

function segmentsOf(rule: string): readonly Segment[] {
  const segments = rule
    .split(/[./]/)
    .filter((segment) => segment !== "")
    .slice(0, MOST_SEGMENTS - 2)
    .map((segment) => (segment === "**" ? null : new RegExp(`^${segment.split("*").map(quoted).join("[^]*")}$`, "u")));
  if (segments.length === 0) return [/^(?!)/]; // an empty rule means no place, not all
  return rule.startsWith("/") ? segments : [null, ...segments];
}

function quoted(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

interface House {
  readonly expanded: readonly Expanded[];
  readonly place: (facts: Facts) => Place;
  readonly step: (steps: readonly number[], name: string) => readonly number[];
}

class KnownPlace implements Place {
  readonly #facts: Facts;
  readonly #house: House;
  readonly #next = new Map<string | number, Place>();
  readonly isSensitive: boolean;
  readonly schemas: readonly SchemaObject[];

  constructor(facts: Facts, house: House) {
    this.#facts = facts;
    this.#house = house;
    this.isSensitive = facts.isSensitive;
    this.schemas = house.expanded.map(({ schema }) => schema);
  }

  get spoken(): Spoken | null {
    return this.#facts.spoken;
  }

  get readsJson(): boolean {
    const { steps, schemas, spoken } = this.#facts;
    return steps.length > 0 || schemas.length > 0 || (spoken !== null && spoken.texts.length > 0);
  }

  field(name: string): Place {
    return this.#remembered(name, () => ({
      ...this.#facts,
      steps: this.#house.step(this.#facts.steps, name),
      schemas: this.#house.expanded.flatMap((part) => fieldSchemas(part, name)),
    }));
  }

  toolInput(tool: string): Place {
    const schema = this.spoken?.tools.get(tool);
    return schema === undefined ? this.field("input") : this.field("input").with([schema]);
  }

  item(index: number): Place {
    const hasOrder = this.#house.expanded.some(({ schema }) => Array.isArray(schema["prefixItems"]));
    return this.#remembered(hasOrder ? index : -1, () => ({
      ...this.#facts,
      schemas: this.#house.expanded.flatMap((part) => itemSchemas(part, index)),
    }));
  }

  with(parts: readonly SchemaPart[]): Place {
    return this.#house.place({ ...this.#facts, schemas: [...this.#house.expanded, ...parts] });
  }

  near(spoken: Spoken): Place {
    return this.#house.place({ ...this.#facts, spoken });
  }

  #remembered(key: string | number, facts: () => Facts): Place {
    let place = this.#next.get(key);
    if (place === undefined) {
      place = this.#house.place(facts());
      this.#next.set(key, place);
    }
    return place;
  }
}

interface Expanded extends SchemaPart {
  readonly schema: SchemaObject;
}

function isMarked(schema: SchemaObject): boolean {
  return schema["sensitive"] === true || schema["x-sensitive"] === true;
}

/** With all that speaks of the same value: what is referred to, alternatives, conditions. References may lead in circles. */
function expand(parts: readonly SchemaPart[]): readonly Expanded[] {
  const all = new Map<Json, Expanded>();
  const open = [...parts];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { schema, document } = part;
    if (!isPlainObject(schema) || all.has(schema)) continue;
    const known = schema as SchemaObject;
    all.set(schema, { schema: known, document });
    const inner: (Json | undefined)[] = ["allOf", "anyOf", "oneOf"].flatMap((word) => listOf(known[word]));
    inner.push(known["if"], known["then"], known["else"], referred(known["$ref"], document));
    for (const each of inner) if (each !== undefined) open.push({ schema: each, document });
  }
  return [...all.values()];
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function referred(reference: Json | undefined, document: Json): Json | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  let target: Json | undefined = document;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    target = isPlainObject(target) && Object.hasOwn(target, key) ? (target as SchemaObject)[key] : undefined;
  }
  return target;
}

function fieldSchemas({ schema, document }: Expanded, name: string): readonly SchemaPart[] {
  const found: Json[] = [];
  const { properties, patternProperties, additionalProperties } = schema;
  if (isPlainObject(properties) && Object.hasOwn(properties, name)) found.push((properties as SchemaObject)[name] ?? null);
  for (const [pattern, inner] of Object.entries(isPlainObject(patternProperties) ? (patternProperties as SchemaObject) : {})) {
    if (fits(pattern, name)) found.push(inner);
  }
  if (found.length === 0 && additionalProperties !== undefined) found.push(additionalProperties);
  return found.map((inner) => ({ schema: inner, document }));
}

function fits(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return true; // what cannot be read may mean this one
  }
}

function itemSchemas({ schema, document }: Expanded, index: number): readonly SchemaPart[] {
  const inOrder = listOf(schema["prefixItems"])[index];
  const found = [inOrder ?? schema["items"], schema["contains"]].filter((inner) => inner !== undefined);
  return found.map((inner) => ({ schema: inner, document }));
}
