import { accessSync, closeSync, constants, existsSync, fstatSync, mkdirSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { FlujoError } from "../../base/errors.ts";
import { codeOf, stateUnreadable } from "./faults.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./schema.ts";

const MAGIC = "SQLite format 3\0";
/** The length of what stands at the beginning of every SQLite database. */
export const HEADER_BYTES = 100;
/** Where the layout of the tables stands in it. */
export const USER_VERSION_AT = 60;
const APPLICATION_ID_AT = 68;

/**
 * Makes sure that there is a file only its owner can read (SQLite gives its `-wal` and `-shm` files the same mode), and
 * that it is one of ours, before SQLite opens it: SQLite may write to whatever it opens, and what is not ours must stay
 * as it is, byte for byte.
 *
 * @throws {FlujoError} `state_unreadable`, `state_newer`; or the file system's error.
 */
export function prepareStateFile(file: string): void {
  makeFolder(dirname(file));
  const header = readHeader(file);
  accessSync(file, constants.R_OK | constants.W_OK);
  if (header.length > 0) checkHeader(file, header); // else it is new
}

/**
 * Makes sure that a file is one of ours, by how it begins.
 *
 * @throws {FlujoError} `state_unreadable`, `state_newer`
 */
export function checkHeader(file: string, header: Buffer): void {
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC)
    throw stateUnreadable(file, { what: "it is not a SQLite database" });
  if (header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw stateUnreadable(file, {
      what: "it is a database of another program",
      remedy: "The file was left as it is. Name another with --state.",
    });
  }
  refuseNewer(file, header.readUInt32BE(USER_VERSION_AT));
}

/** One level at a time: the recursive call of Node never returns from a place where nothing can be made, such as `/proc`. */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const path of missing.reverse()) {
    try {
      mkdirSync(path, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error; // another process was quicker
    }
  }
}

/** @throws {FlujoError} `state_newer` when a newer Flujo has written the file. */
export function refuseNewer(file: string, version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new FlujoError(
    "state_newer",
    `The state file ${file} was written by a newer version of Flujo (layout ${version}, this one knows ${SCHEMA_VERSION}).`,
    {
      details: { file, version, known: SCHEMA_VERSION },
    },
  );
}

function readHeader(file: string): Buffer {
  const descriptor = openOrCreate(file);
  try {
    if (fstatSync(descriptor).isDirectory()) throw stateUnreadable(file, { what: "it is a folder", remedy: "Name a file with --state." });
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

function openOrCreate(file: string): number {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    return openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  }
}
