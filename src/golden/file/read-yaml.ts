import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import { messageOf } from "../../base/errors.ts";
import { cutOf, type Piece } from "./cut.ts";
import { type Sheet, type Spot, type SpotField, shown } from "./spot.ts";

let yaml: typeof Yaml | undefined;

/** Synchronous and on first use: a run that has nothing to do with goldens loads no YAML. */
function loadYaml(): typeof Yaml {
  yaml ??= createRequire(import.meta.url)("yaml") as typeof Yaml;
  return yaml;
}

/** Doubled keys are looked for here: the library compares every key of an object with every other. */
const OPTIONS: Yaml.DocumentOptions & Yaml.ParseOptions & Yaml.SchemaOptions = {
  version: "1.2",
  schema: "core",
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
};

/** Nothing in a golden lies deeper: a value that does is a payload. */
const DEEPEST = 100;

/**
 * What a golden's file says, with the place of everything in it. YAML 1.2 without anchors, aliases and tags, so nothing in
 * it can grow.
 *
 * @throws {FlujoError} `golden_unreadable`
 */
export function readYaml(sheet: Sheet): Spot {
  const cut = cutOf(sheet.text);
  if (cut === null) return readPiece(sheet, { offset: 0, text: sheet.text });
  const operations: Spot[] = [];
  for (const [index, begins] of cut.edges.slice(0, -1).entries()) {
    const piece = readPiece(sheet, { offset: begins, text: sheet.text.slice(begins, cut.edges[index + 1]) });
    for (const operation of sheet.listAt(piece, "operations")) operations.push(operation);
  }
  const fields = new Map<string, SpotField>();
  const around = cut.outside.map((piece) => (piece.text.trim() === "" ? [] : [...sheet.mapAt(readPiece(sheet, piece), "golden")]));
  const own: SpotField = { keyOffset: cut.operationsAt, spot: { offset: cut.operationsAt, is: operations } };
  for (const [key, field] of [...(around[0] ?? []), ["operations", own] as const, ...(around[1] ?? [])]) {
    if (fields.has(key)) throw sheet.fault(field.keyOffset, twice(key));
    fields.set(key, field);
  }
  return { offset: 0, is: fields };
}

function twice(key: string): string {
  return `The key "${shown(key)}" stands here for the second time.`;
}

interface Reading {
  readonly sheet: Sheet;
  readonly yaml: typeof Yaml;
  /** Where the piece begins that is being read. */
  readonly from: number;
}

function readPiece(sheet: Sheet, { offset, text }: Piece): Spot {
  const library = loadYaml();
  let document: Yaml.Document.Parsed;
  try {
    document = library.parseDocument(text, OPTIONS);
  } catch (cause) {
    if (cause instanceof RangeError) throw sheet.fault(offset, TOO_DEEP, cause);
    throw sheet.fault(offset, `It is no YAML: ${messageOf(cause)}.`, cause);
  }
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw sheet.fault(offset + fault.pos[0], `It is no YAML that a golden has: ${sentence(fault.message)}`, fault);
  return spotOf(document.contents, { sheet, yaml: library, from: offset }, 0);
}

const TOO_DEEP = `It is nested more than ${DEEPEST} levels deep.`;

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function spotOf(node: unknown, reading: Reading, level: number): Spot {
  const { sheet, yaml: library, from } = reading;
  if (node === null || node === undefined) return { offset: from, is: null };
  if (!library.isNode(node)) throw sheet.fault(from, "It is no YAML that a golden has.");
  const offset = from + (node.range?.[0] ?? 0);
  if (library.isAlias(node) || node.anchor !== undefined)
    throw sheet.fault(
      offset,
      "A golden has no anchors and no aliases (`&name`, `*name`): write the value out, or put a text that begins with & or * into quotation marks.",
    );
  if (node.tag !== undefined)
    throw sheet.fault(offset, "A golden has no tags (`!name`): put a text that begins with ! into quotation marks.");
  if (level > DEEPEST) throw sheet.fault(offset, TOO_DEEP);
  if (library.isScalar(node)) return { offset, is: scalarOf(node.value) };
  if (library.isSeq(node)) return { offset, is: node.items.map((item) => spotOf(item, reading, level + 1)) };
  return { offset, is: library.isMap(node) ? fieldsOf(node, reading, level) : null };
}

function scalarOf(value: unknown): string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}

function fieldsOf(node: Yaml.YAMLMap, reading: Reading, level: number): ReadonlyMap<string, SpotField> {
  const { sheet, yaml: library, from } = reading;
  const fields = new Map<string, SpotField>();
  for (const { key, value } of node.items) {
    const keyOffset = from + ((library.isNode(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0);
    if (!library.isScalar(key) || key.tag !== undefined || key.anchor !== undefined)
      throw sheet.fault(keyOffset, "A key should be a text on one line.");
    const name = typeof key.value === "string" ? key.value : (key.source ?? "");
    if (fields.has(name)) throw sheet.fault(keyOffset, twice(name));
    const spot = spotOf(value, reading, level + 1);
    fields.set(name, { keyOffset, spot: value === null ? { ...spot, offset: keyOffset } : spot });
  }
  return fields;
}
