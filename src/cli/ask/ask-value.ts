import { isPlainObject } from "../../base/json.ts";
import { jsonText } from "../json-text.ts";
import { printable, printableLine } from "../terminal/printable.ts";
import { fit } from "../terminal/text-width.ts";
import { valueLine } from "../terminal/value-text.ts";
import type { Asker, Choice } from "./asker.ts";
import { checkNumber, checkText } from "./check-text.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

/** What is being asked for. */
interface Asked {
  /** Where in the value: empty for the whole of it. */
  readonly at: string;
  /** Whether it may be left out; the answer is then {@link LEFT_OUT}. */
  readonly isOptional: boolean;
  /** Where `$ref`s point into. */
  readonly root: JsonSchema;
  /** What the value is now, which the person may keep; {@link LEFT_OUT} where there is none. */
  readonly present: unknown;
}

/** Stands for a value that was not given. */
const LEFT_OUT = Symbol("left out");

/** What is asked for, and how. */
export interface Wanted {
  readonly schema: unknown;
  /** What is asked for as a whole. */
  readonly title: string;
  /** What the value is now: every field then has it as its default. */
  readonly present?: unknown;
}

/**
 * Asks a person for a value of a JSON Schema, field by field. What the schema leaves open, or says in words that are not
 * known here, is asked for as JSON or text. The schema's own validator has the last word, not this.
 */
export async function askValue(asker: Asker, { schema, title, present = LEFT_OUT }: Wanted): Promise<unknown> {
  const root = isPlainObject(schema) ? schema : {};
  const value = await ask(asker, root, { at: title, isOptional: false, root, present });
  return value === LEFT_OUT ? undefined : value;
}

async function ask(asker: Asker, given: unknown, asked: Asked): Promise<unknown> {
  const schema = resolve(given, asked.root);
  if ("const" in schema) return schema["const"];
  const choices = choicesOf(schema);
  if (choices !== null) return choose(asker, question(schema, asked), { choices: withSkip(choices, asked), asked });
  const kinds = alternativesOf(schema, asked.root);
  if (kinds.length > 1) return askWhich(asker, schema, { asked, kinds });
  const [only = schema] = kinds;
  switch (only["type"]) {
    case "boolean":
      return askBoolean(asker, only, asked);
    case "string":
      return askText(asker, only, asked);
    case "number":
    case "integer":
      return askNumber(asker, only, asked);
    case "object":
      return askObject(asker, only, asked);
    case "array":
      return askList(asker, only, asked);
    case "null":
      return null;
    default:
      return askAnything(asker, only, asked);
  }
}

function resolve(given: unknown, root: JsonSchema): JsonSchema {
  let schema = given;
  for (let hops = 0; hops < 16 && isPlainObject(schema) && typeof schema["$ref"] === "string"; hops++)
    schema = pointedAt(root, schema["$ref"]);
  return isPlainObject(schema) ? schema : {};
}

function pointedAt(root: JsonSchema, reference: string): unknown {
  if (!reference.startsWith("#")) return {};
  let at: unknown = root;
  for (const part of reference
    .slice(1)
    .split("/")
    .filter((each) => each !== "")) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    at = isPlainObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

/** The values of an enum, or of alternatives that are one value each. */
function choicesOf(schema: JsonSchema): readonly Choice[] | null {
  const { enum: values } = schema;
  if (Array.isArray(values)) return values.map((value: unknown) => ({ label: labelOf(value), value }));
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (!Array.isArray(alternatives) || !alternatives.every((each) => isPlainObject(each) && "const" in each)) return null;
  return (alternatives as readonly JsonSchema[]).map(({ const: value, title }) => ({
    label: typeof title === "string" ? printableLine(title) : labelOf(value),
    value,
  }));
}

function labelOf(value: unknown): string {
  return printableLine(typeof value === "string" ? value : JSON.stringify(value));
}

/** The shapes a value may have, each without alternatives of its own. */
function alternativesOf(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const alternatives = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(alternatives)) return alternatives.map((each: unknown) => resolve(each, root));
  const { type } = schema;
  return Array.isArray(type) ? type.map((each: unknown) => ({ ...schema, type: each })) : [schema];
}

function withSkip(choices: readonly Choice[], { isOptional }: Asked): readonly Choice[] {
  return isOptional ? [...choices, { label: "(leave out)", value: LEFT_OUT }] : choices;
}

function question(schema: JsonSchema, { at, isOptional }: Asked): string {
  const about = schema["description"] ?? schema["title"];
  const words = typeof about === "string" ? `${at}: ${about}` : at;
  return printableLine(isOptional ? `${words} (optional)` : words);
}

function choose(
  asker: Asker,
  words: string,
  { choices, asked }: { readonly choices: readonly Choice[]; readonly asked: Asked },
): Promise<unknown> {
  return asker.choose(words, choices, positionOf(choices, asked.present));
}

function positionOf(choices: readonly Choice[], present: unknown): number {
  return Math.max(
    0,
    choices.findIndex(({ value }) => isSame(value, present)),
  );
}

function isSame(value: unknown, present: unknown): boolean {
  return value === present || (typeof value === "object" && value !== null && JSON.stringify(value) === JSON.stringify(present));
}

interface Which {
  readonly asked: Asked;
  readonly kinds: readonly JsonSchema[];
}

async function askWhich(asker: Asker, schema: JsonSchema, { asked, kinds }: Which): Promise<unknown> {
  const choices = kinds.map((kind) => ({ label: printableLine(nameOfKind(kind)), value: kind }));
  const fits = kinds.findIndex((each) => isOfKind(each, asked.present));
  const kind = await asker.choose(question(schema, asked), withSkip(choices, asked), Math.max(0, fits));
  if (kind === LEFT_OUT) return LEFT_OUT;
  const stays = isPlainObject(kind) && isOfKind(kind, asked.present);
  return ask(asker, kind, { ...asked, isOptional: false, present: stays ? asked.present : LEFT_OUT });
}

/** Whether a value looks like one of this shape: enough to offer the shape that a value has now. */
function isOfKind({ type, const: only, properties, required }: JsonSchema, value: unknown): boolean {
  if (only !== undefined) return isSame(only, value);
  if (value === null) return type === "null";
  if (Array.isArray(value)) return type === "array";
  if (typeof value === "number") return type === "number" || (type === "integer" && Number.isInteger(value));
  if (typeof value !== "object") return type === typeof value;
  if (type !== "object") return false;
  const names = Array.isArray(required) ? required : [];
  return names.every((name) => Object.hasOwn(value, String(name))) && (!isPlainObject(properties) || constsFit(properties, value));
}

function constsFit(properties: Readonly<Record<string, unknown>>, value: object): boolean {
  return Object.entries(properties).every(
    ([name, property]) =>
      !isPlainObject(property) || !("const" in property) || isSame(property["const"], (value as Readonly<Record<string, unknown>>)[name]),
  );
}

function nameOfKind(schema: JsonSchema): string {
  const { title, description, type } = schema;
  if (typeof title === "string") return title;
  if (typeof description === "string") return description;
  if (type === "null") return "nothing";
  return "const" in schema ? labelOf(schema["const"]) : typeof type === "string" ? type : "something else";
}

async function askBoolean(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  if (!asked.isOptional) return asker.confirm(question(schema, asked), asked.present === LEFT_OUT ? undefined : asked.present === true);
  const yesOrNo = [
    { label: "yes", value: true },
    { label: "no", value: false },
  ];
  return choose(asker, question(schema, asked), { choices: withSkip(yesOrNo, asked), asked });
}

async function askText(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const { present } = asked;
  if (typeof present === "string" && !isOneLine(present)) {
    if (await asker.confirm(`${question(schema, asked)}: keep "${fit(printableLine(present), 40)}"?`, true)) return present;
  }
  const check = (typed: string): string | null => (asked.isOptional && typed === "" ? null : checkText(schema, typed));
  const shown = typeof present === "string" && isOneLine(present) ? present : undefined;
  const text = await asker.text(question(schema, asked), check, shown);
  return asked.isOptional && text === "" ? LEFT_OUT : text;
}

/** Whether a text can be changed in one line of a terminal without changing anything else about it. */
function isOneLine(text: string): boolean {
  return printable(text) === text && !/[\n\t]/.test(text);
}

async function askNumber(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const check = (typed: string): string | null => (asked.isOptional && typed.trim() === "" ? null : checkNumber(schema, typed));
  const text = await asker.text(question(schema, asked), check, typeof asked.present === "number" ? String(asked.present) : undefined);
  return asked.isOptional && text.trim() === "" ? LEFT_OUT : Number(text);
}

async function askObject(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const properties = isPlainObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? (schema["required"] as readonly unknown[]) : [];
  if (Object.keys(properties).length === 0) return askAnything(asker, schema, asked);
  const now = isPlainObject(asked.present) ? asked.present : null;
  if (asked.isOptional && !(await asker.confirm(`${question(schema, asked)}: give it?`, now !== null))) return LEFT_OUT;
  const entries: (readonly [string, unknown])[] = [];
  for (const [name, property] of Object.entries(properties)) {
    const at = asked.at === "" ? name : `${asked.at}.${name}`;
    const present = now !== null && Object.hasOwn(now, name) ? now[name] : LEFT_OUT;
    const value = await ask(asker, property, { at, isOptional: !required.includes(name), root: asked.root, present });
    if (value !== LEFT_OUT) entries.push([name, value]);
  }
  const others = Object.entries(now ?? {}).filter(([name]) => !Object.hasOwn(properties, name)); // what the schema does not speak of stays
  return Object.fromEntries([...entries, ...others]);
}

async function askList(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const items = resolve(schema["items"], asked.root);
  const choices = choicesOf(items);
  const now: readonly unknown[] = Array.isArray(asked.present) ? asked.present : [];
  if (choices !== null) {
    const chosen = await asker.chooseSome(
      question(schema, asked),
      choices,
      now.map((item) => choices.findIndex(({ value }) => isSame(value, item))).filter((index) => index >= 0),
    );
    return asked.isOptional && chosen.length === 0 ? LEFT_OUT : chosen;
  }
  if (now.length > 0 && (await asker.confirm(`${question(schema, asked)}: keep ${valueLine(now)}?`, true))) return now;
  const list: unknown[] = [];
  while (
    await asker.confirm(list.length === 0 ? `${question(schema, asked)}: is there one?` : `${printableLine(asked.at)}: another one?`)
  ) {
    const present = list.length < now.length ? now[list.length] : LEFT_OUT;
    list.push(await ask(asker, items, { ...asked, at: `${asked.at}[${list.length}]`, isOptional: false, present }));
  }
  return asked.isOptional && list.length === 0 ? LEFT_OUT : list;
}

/** JSON where it is JSON, text where it is not: as `--value` takes it. */
async function askAnything(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const text = await asker.text(`${question(schema, asked)} (JSON or text)`, () => null, asTyped(asked.present));
  if (text.trim() === "") return asked.isOptional ? LEFT_OUT : "";
  return read(text);
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // no JSON, so it is text
  }
}

/** What somebody would have typed to give this value. */
function asTyped(present: unknown): string | undefined {
  if (present === LEFT_OUT || present === undefined) return undefined;
  return typeof present === "string" && isOneLine(present) && read(present) === present ? present : jsonText(present, 0);
}
