import { FlujoError, messageOf } from "../base/errors.ts";
import { sha256OfBytes } from "../base/hash.ts";
import { isPlainObject } from "../base/json.ts";
import { ForeignValue } from "../model/foreign-value.ts";
import { FlujoFile } from "../model/flujo-file.ts";
import { readerOf, writerOf } from "./custom-types.ts";

/** What is stored in the place of an instance. */
export interface Envelope {
  readonly tag: string;
  readonly version: number;
  readonly data: unknown;
}

/** Where the bytes of files go when a value is stored, by their hash. */
export type PayloadSink = Map<string, Uint8Array>;

/** Where they come from when it is read; null where there are none of that hash. */
export type PayloadSource = (hash: string) => Uint8Array | null;

const FILE_TAG = "flujo:file";

/** What an instance is stored as; null for what needs no envelope; a text, to follow the word "is", where it cannot be stored. */
export function envelopeOf(value: object, payloads: PayloadSink | null): Envelope | string | null {
  if (Object.getPrototypeOf(value) === FlujoFile.prototype) return fileEnvelope(value as FlujoFile, payloads); // the one cast: its prototype says so
  const writer = writerOf(value);
  if (writer === null) return value instanceof ForeignValue ? { tag: value.tag, version: value.version, data: value.data } : null;
  const { tag, version, serialize, type } = writer;
  try {
    const data = (serialize as (instance: object) => unknown)(value);
    if (data instanceof Promise) {
      data.catch(() => undefined); // it is refused whatever comes of it
      return `an instance of ${type.name}, whose serializer gives a promise instead of data`;
    }
    if (data === undefined) return `an instance of ${type.name}, whose serializer gives undefined instead of data`; // a forgotten `return`
    return { tag, version, data };
  } catch (error) {
    return `an instance of ${type.name}, whose serializer threw (${messageOf(error)})`;
  }
}

function fileEnvelope({ sha256: hash, mediaType, name, bytes }: FlujoFile, payloads: PayloadSink | null): Envelope | string {
  if (!(bytes instanceof Uint8Array) || sha256OfBytes(bytes) !== hash) return "a file whose bytes do not have the hash it names";
  const about = { sha256: hash, mediaType, name, size: bytes.byteLength };
  payloads?.set(hash, bytes);
  return { tag: FILE_TAG, version: 1, data: payloads === null ? { ...about, bytes } : about };
}

/** What becomes of a stored value of a type that cannot be read: all it stands in is refused, or it is kept as a {@link ForeignValue}. */
export type Foreign = "refuse" | "keep";

/**
 * {@link opened}, or the envelope itself where it cannot be opened.
 *
 * @throws {FlujoError} `state_unreadable` when it is no envelope.
 */
export function openedOrKept(envelope: unknown, payloads: PayloadSource | null): unknown {
  try {
    return opened(envelope, payloads);
  } catch (error) {
    if (isEnvelope(envelope)) return new ForeignValue(envelope);
    throw error;
  }
}

/**
 * The value that an envelope was made of.
 *
 * @throws {FlujoError} `state_unreadable` when nothing that was registered reads it, or what does throws.
 */
export function opened(envelope: unknown, payloads: PayloadSource | null): unknown {
  if (!isEnvelope(envelope)) throw unreadable("A stored value is damaged: it has an envelope without tag, version or data");
  const { tag, version, data } = envelope;
  if (tag === FILE_TAG) return fileOf(version, data, payloads);
  const reader = readerOf(tag, version);
  if (typeof reader !== "function") throw unregistered({ tag, version, readable: reader });
  let value: unknown;
  try {
    value = (reader as (stored: unknown) => unknown)(data);
  } catch (cause) {
    throw unreadable(`A stored "${tag}", version ${version}, cannot be read: its deserializer threw (${messageOf(cause)})`, {
      cause,
      remedy: MEND,
    });
  }
  if (value instanceof Promise)
    value.catch(() => undefined); // it is refused whatever comes of it
  else if (value !== undefined) return value;
  const given = value === undefined ? "undefined" : "a promise";
  throw unreadable(`A stored "${tag}", version ${version}, cannot be read: its deserializer gives ${given} instead of a value`, {
    remedy: MEND,
  });
}

function isEnvelope(value: unknown): value is Envelope {
  if (!isPlainObject(value) || !["tag", "version", "data"].every((field) => Object.hasOwn(value, field))) return false;
  return typeof value["tag"] === "string" && Number.isSafeInteger(value["version"]);
}

function fileOf(version: number, data: unknown, payloads: PayloadSource | null): FlujoFile {
  if (version !== 1) throw unreadable(`A stored file has the form ${version}, which this version of Flujo does not know`);
  if (!isFileData(data)) throw unreadable("A stored value is damaged: it has a file without hash, type or size");
  const { sha256: hash, mediaType, name, size } = data;
  const spoken = `The bytes of the stored file ${name === null ? hash : `"${name}" (${hash})`}`;
  const bytes = data.bytes instanceof Uint8Array ? data.bytes : (payloads?.(hash) ?? null);
  if (bytes === null) throw unreadable(`${spoken} are missing`);
  if (bytes.byteLength !== size || sha256OfBytes(bytes) !== hash) throw unreadable(`${spoken} are damaged`);
  return new FlujoFile({ sha256: hash, mediaType, name, bytes });
}

interface FileData {
  readonly sha256: string;
  readonly mediaType: string;
  readonly name: string | null;
  readonly size: number;
  readonly bytes?: unknown;
}

function isFileData(data: unknown): data is FileData {
  if (!isPlainObject(data)) return false;
  const { sha256: hash, mediaType, name, size } = data;
  const isNamed = name === null || typeof name === "string";
  return typeof hash === "string" && typeof mediaType === "string" && isNamed && typeof size === "number";
}

function unregistered(stored: { readonly tag: string; readonly version: number; readonly readable: readonly number[] }): FlujoError {
  const { tag, version, readable } = stored;
  const others = readable.length === 0 ? "" : `; it can read version ${readable.join(", ")}`;
  const summary = `A stored value is of the custom type "${tag}", version ${version}, which this process cannot read${others}.`;
  return new FlujoError("state_unreadable", summary, {
    details: { tag, version },
    remedy: `Call registerCustomDeserializer({ tag: ${JSON.stringify(tag)}, version: ${version}, … }) before the run is resumed or shown.`,
  });
}

const MEND = "Nothing is lost: mend what registerCustomDeserializer was given, and resume or show the run again.";

function unreadable(summary: string, options: { readonly cause?: unknown; readonly remedy?: string } = {}): FlujoError {
  return new FlujoError("state_unreadable", `${summary}.`, options);
}
