import { isPlainObject } from "../../base/json.ts";
import { printableLine } from "../terminal/printable.ts";
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
}

/** Stands for a value that was not given. */
const LEFT_OUT = Symbol("left out");

/**
 * Asks a person for a value of a JSON Schema, field by field. What the schema leaves open, or says in words that are not
 * known here, is asked for as JSON or text. The schema's own validator has the last word, not this.
 *
 * @param title What is asked for as a whole.
 */
export async function askValue(asker: Asker, schema: unknown, title: string): Promise<unknown> {
  const root = isPlainObject(schema) ? schema : {};
  const value = await ask(asker, root, { at: title, isOptional: false, root });
  return value === LEFT_OUT ? undefined : value;
}

async function ask(asker: Asker, given: unknown, asked: Asked): Promise<unknown> {
  const schema = resolve(given, asked.root);
  if ("const" in schema) return schema["const"];
  const choices = choicesOf(schema);
  if (choices !== null) return asker.choose(question(schema, asked), withSkip(choices, asked));
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

interface Which {
  readonly asked: Asked;
  readonly kinds: readonly JsonSchema[];
}

async function askWhich(asker: Asker, schema: JsonSchema, { asked, kinds }: Which): Promise<unknown> {
  const choices = kinds.map((kind) => ({ label: printableLine(nameOfKind(kind)), value: kind }));
  const kind = await asker.choose(question(schema, asked), withSkip(choices, asked));
  return kind === LEFT_OUT ? LEFT_OUT : ask(asker, kind, { ...asked, isOptional: false });
}

function nameOfKind(schema: JsonSchema): string {
  const { title, description, type } = schema;
  if (typeof title === "string") return title;
  if (typeof description === "string") return description;
  if (type === "null") return "nothing";
  return "const" in schema ? labelOf(schema["const"]) : typeof type === "string" ? type : "something else";
}

async function askBoolean(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  if (!asked.isOptional) return asker.confirm(question(schema, asked));
  return asker.choose(
    question(schema, asked),
    withSkip(
      [
        { label: "yes", value: true },
        { label: "no", value: false },
      ],
      asked,
    ),
  );
}

async function askText(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const text = await asker.text(question(schema, asked), (typed) => (asked.isOptional && typed === "" ? null : checkText(schema, typed)));
  return asked.isOptional && text === "" ? LEFT_OUT : text;
}

async function askNumber(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const text = await asker.text(question(schema, asked), (typed) =>
    asked.isOptional && typed.trim() === "" ? null : checkNumber(schema, typed),
  );
  return asked.isOptional && text.trim() === "" ? LEFT_OUT : Number(text);
}

async function askObject(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const properties = isPlainObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? (schema["required"] as readonly unknown[]) : [];
  if (Object.keys(properties).length === 0) return askAnything(asker, schema, asked);
  if (asked.isOptional && !(await asker.confirm(`${question(schema, asked)}: give it?`))) return LEFT_OUT;
  const entries: (readonly [string, unknown])[] = [];
  for (const [name, property] of Object.entries(properties)) {
    const at = asked.at === "" ? name : `${asked.at}.${name}`;
    const value = await ask(asker, property, { at, isOptional: !required.includes(name), root: asked.root });
    if (value !== LEFT_OUT) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

async function askList(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const items = resolve(schema["items"], asked.root);
  const choices = choicesOf(items);
  if (choices !== null) {
    const chosen = await asker.chooseSome(question(schema, asked), choices);
    return asked.isOptional && chosen.length === 0 ? LEFT_OUT : chosen;
  }
  const list: unknown[] = [];
  while (
    await asker.confirm(list.length === 0 ? `${question(schema, asked)}: is there one?` : `${printableLine(asked.at)}: another one?`)
  ) {
    list.push(await ask(asker, items, { ...asked, at: `${asked.at}[${list.length}]`, isOptional: false }));
  }
  return asked.isOptional && list.length === 0 ? LEFT_OUT : list;
}

/** JSON where it is JSON, text where it is not: as `--value` takes it. */
async function askAnything(asker: Asker, schema: JsonSchema, asked: Asked): Promise<unknown> {
  const text = await asker.text(`${question(schema, asked)} (JSON or text)`, () => null);
  if (text.trim() === "") return asked.isOptional ? LEFT_OUT : "";
  try {
    return JSON.parse(text);
  } catch {
    return text; // no JSON, so it is text
  }
}
