import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import { messageOf } from "../../base/errors.ts";
import { type CutList, cutOf, type Piece } from "./cut.ts";
import { DEEPEST, refuseForeign, TOO_DEEP } from "./refuse-foreign.ts";
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

/**
 * What a golden's file says, with the place of everything in it. YAML 1.2 without anchors, aliases and tags, so nothing in
 * it can grow.
 *
 * @throws {FlujoError} `golden_unreadable`
 */
export function readYaml(sheet: Sheet): Spot {
  const conflict = sheet.text.search(/^(?:<{7} |={7}$|>{7} )/m);
  if (conflict !== -1) throw sheet.fault(conflict, "Here are two versions that git could not merge: take one of them, or record it again.");
  const library = loadYaml();
  const fields = new Map<string, SpotField>();
  for (const part of cutOf(sheet.text)) {
    for (const [key, field] of "key" in part ? [listOf(sheet, part, library)] : fieldsIn(sheet, part, library)) {
      if (fields.has(key)) throw sheet.fault(field.keyOffset, twice(key));
      fields.set(key, field);
    }
  }
  return { offset: 0, is: fields };
}

/** What stands around the lists; nothing where that is comments. */
function fieldsIn(sheet: Sheet, piece: Piece, library: typeof Yaml): Iterable<readonly [string, SpotField]> {
  const spot = readPiece(sheet, piece, library);
  return spot.is === null ? [] : sheet.mapAt(spot, "golden");
}

/** A list, item by item: what an item was taken apart into is free again when the next one is. */
function listOf(sheet: Sheet, { key, offset, edges }: CutList, library: typeof Yaml): readonly [string, SpotField] {
  const is: Spot[] = [];
  for (const [index, begins] of edges.slice(0, -1).entries()) {
    const piece = readPiece(sheet, { offset: begins, text: sheet.text.slice(begins, edges[index + 1]) }, library);
    for (const item of sheet.listAt(piece, key)) is.push(item);
  }
  return [key, { keyOffset: offset, spot: { offset, is } }];
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

function readPiece(sheet: Sheet, piece: Piece, library: typeof Yaml): Spot {
  const { offset, text } = piece;
  refuseForeign(sheet, piece, new library.Lexer());
  let document: Yaml.Document.Parsed;
  try {
    document = library.parseDocument(text, OPTIONS);
  } catch (cause) {
    throw sheet.fault(offset, `It is no YAML: ${messageOf(cause)}.`, { cause });
  }
  const [fault] = [...document.errors, ...document.warnings];
  if (fault?.message.includes("call stack") === true) throw sheet.fault(offset + fault.pos[0], TOO_DEEP, { cause: fault });
  if (fault !== undefined)
    throw sheet.fault(offset + fault.pos[0], `It is no YAML that a golden has: ${sentence(fault.message)}`, { cause: fault });
  return spotOf(document.contents, { sheet, yaml: library, from: offset }, 0);
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function spotOf(node: unknown, reading: Reading, level: number): Spot {
  const { sheet, yaml: library, from } = reading;
  if (node === null || node === undefined) return { offset: from, is: null };
  if (!library.isNode(node)) throw sheet.fault(from, "It is no YAML that a golden has.");
  const offset = from + (node.range?.[0] ?? 0);
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
    if (!library.isScalar(key)) throw sheet.fault(keyOffset, "A key should be a text on one line.");
    const name = typeof key.value === "string" ? key.value : (key.source ?? "");
    if (fields.has(name)) throw sheet.fault(keyOffset, twice(name));
    const spot = spotOf(value, reading, level + 1);
    fields.set(name, { keyOffset, spot: value === null ? { ...spot, offset: keyOffset } : spot });
  }
  return fields;
}
