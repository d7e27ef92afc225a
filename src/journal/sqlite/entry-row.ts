import { FlujoError } from "../../base/errors.ts";
import type { Entry, EntryType } from "../../model/entry.ts";
import type { InstancePath } from "../../model/path.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { PayloadSink, PayloadSource } from "../../serialize/envelope.ts";
import { inSpokenWords } from "../../serialize/spoken-place.ts";
import { type IsCovered, isOfRun, type JournalPlace, placesOf } from "../open-entries.ts";
import type { JournalRow } from "../port.ts";

/** An entry as the `entry` table has it, but for the run's part of the id. */
export interface EntryRow extends JournalRow {
  readonly atMs: number;
  readonly type: number;
  /** Of a `frame-done` entry; null for all others. */
  readonly fromSeq: number | null;
  readonly key: string;
  readonly body: string;
  /** The bytes of the files in it, by their hash; null where there are none, nearly always. */
  readonly payloads: PayloadSink | null;
}

/** What a type is called in the file, forever: numbers are never given to another type. */
const TYPE_NUMBERS: Readonly<Record<EntryType, number>> = {
  "run-started": 1,
  "operation-intended": 2,
  "operation-finished": 3,
  "decisions-made": 4,
  "wait-opened": 5,
  "frame-done": 6,
  "run-finished": 7,
  "signal-taken": 8,
  "cancel-requested": 9,
  "code-accepted": 10,
};
const TYPES = new Map(Object.entries(TYPE_NUMBERS).map(([type, number]) => [number, type as EntryType]));

/** @throws {FlujoError} `value_unstorable`, naming the entry's key and the place in the value. */
export function toRow(entry: Entry): EntryRow {
  const { seq, atMs, type, key, ...body } = entry;
  const payloads: PayloadSink = new Map();
  const text = encodeBody(body, key, payloads);
  return {
    seq,
    atMs,
    type: TYPE_NUMBERS[type],
    fromSeq: type === "frame-done" ? entry.fromSeq : null,
    key: keyColumn(entry),
    body: text,
    payloads: payloads.size === 0 ? null : payloads,
  };
}

function encodeBody(body: object, where: string, payloads: PayloadSink): string {
  try {
    return encode(body, where, payloads);
  } catch (error) {
    throw inSpokenWords(error, body, where);
  }
}

/**
 * The key; for decisions, also the place of each, so that a resume can tell without their bodies whether it needs them.
 * Keys hold no control characters, so a line break can stand between them.
 */
function keyColumn(entry: Entry): string {
  const places = placesOf(entry);
  if (places.length === 1 && places[0]?.key === entry.key && places[0].seq === entry.seq) return entry.key;
  return [entry.key, ...places.map(({ seq, key }) => `${seq} ${key}`)].join("\n");
}

/** What can be told of a row without its body: whether a resume needs it, given what is done. */
export function isOpenRow(row: Pick<EntryRow, "seq" | "type" | "key">, isCovered: IsCovered): boolean {
  const type = TYPES.get(row.type);
  return type === undefined || isOfRun(type) || !placesOfRow(row.seq, row.key).every(isCovered);
}

/** What {@link keyColumn} says of an entry of this seq. */
function placesOfRow(seq: number, column: string): readonly JournalPlace[] {
  if (!column.includes("\n")) return [{ seq, key: column }];
  return column
    .split("\n")
    .slice(1)
    .map((line) => {
      const space = line.indexOf(" ");
      return { seq: Number(line.slice(0, space)), key: line.slice(space + 1) };
    });
}

/** What no entry of a type can be without: a body that was changed by hand is told of where it is read. */
const NEEDED: Readonly<Partial<Record<EntryType, string>>> = {
  "operation-intended": "requestHash",
  "operation-finished": "outcome",
  "decisions-made": "decisions",
  "wait-opened": "answerSchema",
  "cancel-requested": "reason",
  "code-accepted": "changes",
  "signal-taken": "letter",
  "frame-done": "result",
  "run-finished": "end",
};

/** @throws {FlujoError} `state_unreadable` when the row is none that {@link toRow} can have made. */
export function fromRow(row: Omit<EntryRow, "fromSeq" | "payloads">, payloads: PayloadSource): Entry {
  const type = TYPES.get(row.type);
  if (type === undefined) throw new FlujoError("state_unreadable", `Entry ${row.seq} is of an unknown type (${row.type}).`);
  const end = row.key.indexOf("\n");
  const key = (end === -1 ? row.key : row.key.slice(0, end)) as InstancePath;
  const body = decodeBody(row.body, { place: `Entry ${row.seq} (${key})`, payloads });
  const needs = NEEDED[type];
  if (typeof body !== "object" || body === null || (needs !== undefined && !(needs in body))) {
    throw new FlujoError("state_unreadable", `Entry ${row.seq} (${key}) is damaged: it has lost its ${needs ?? "body"}.`);
  }
  return { seq: row.seq, atMs: row.atMs, type, key, ...body } as Entry; // the one cast: `toRow` wrote it
}

function decodeBody(text: string, { place, payloads }: { readonly place: string; readonly payloads: PayloadSource }): unknown {
  try {
    return decode(text, payloads);
  } catch (error) {
    if (!FlujoError.is(error, "state_unreadable")) throw error;
    const { details, remedy } = error;
    throw new FlujoError("state_unreadable", `${place} cannot be read: ${error.summary}`, { details, remedy, cause: error });
  }
}
