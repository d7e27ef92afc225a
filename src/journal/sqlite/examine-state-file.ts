import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { complaintOf, type StateFileFacts } from "../../model/examination.ts";
import type { RunStatus } from "../../model/run-result.ts";
import { openToRead, type SqlDatabase } from "./driver.ts";
import { faultOf, stateUnreadable } from "./faults.ts";
import { SCHEMA_VERSION, versionOf } from "./schema.ts";
import { checkHeader, HEADER_BYTES, refuseNewer, USER_VERSION_AT } from "./state-file.ts";

/** A larger file is not read as a whole only to look at it. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Looks at a state file, and leaves everything as it is: no file is made, none is changed, no lock is waited for.
 *
 * A file that no process has open is read as bytes; one that is in use (its `-wal` file is there) is opened to be read, as
 * its own processes do.
 */
export async function examineStateFile(path: string): Promise<StateFileFacts> {
  const file = resolve(path);
  const stat = statSync(file, { throwIfNoEntry: false });
  const about = { kind: "sqlite", file, newestLayout: SCHEMA_VERSION } as const;
  const unknown = { layout: null, journalMode: null, runs: null } as const;
  if (stat === undefined) return { ...about, ...unknown, exists: false, bytes: 0, ...canBeMade(file) };
  const facts = { ...about, exists: true, bytes: stat.size, isWritable: mayWrite(file) && mayWrite(dirname(file)) };
  if (stat.size === 0) return { ...facts, ...unknown, problem: null }; // it counts as new
  try {
    checkHeader(file, headerOf(file));
    const found = await readFacts(file, stat.size);
    refuseNewer(file, found.layout ?? 0);
    const problem = facts.isWritable
      ? null
      : complaintOf(stateUnreadable(file, { what: "this user may not write to it, or to its folder" }), "state_unreadable");
    return { ...facts, ...found, problem };
  } catch (error) {
    return { ...facts, ...unknown, problem: complaintOf(faultOf(file, error), "state_unreadable") };
  }
}

function canBeMade(file: string): Pick<StateFileFacts, "isWritable" | "problem"> {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const isWritable = mayWrite(folder) && statSync(folder).isDirectory();
  return {
    isWritable,
    problem: isWritable
      ? null
      : complaintOf(stateUnreadable(file, { what: `it is not there, and cannot be made in ${folder}` }), "state_unreadable"),
  };
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function headerOf(file: string): Buffer {
  const descriptor = openSync(file, "r");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

type Found = Pick<StateFileFacts, "layout" | "journalMode" | "runs">;

async function readFacts(file: string, bytes: number): Promise<Found> {
  const journalMode = headerOf(file)[WRITE_VERSION_AT] === WAL ? "wal" : "delete";
  const isInUse = statSync(`${file}-wal`, { throwIfNoEntry: false }) !== undefined;
  if (!isInUse && bytes > MOST_BYTES) return { layout: headerOf(file).readUInt32BE(USER_VERSION_AT), journalMode, runs: null };
  const db = await openToRead(isInUse ? file : imageOf(file));
  try {
    return { layout: versionOf(db), journalMode, runs: countRuns(db) };
  } finally {
    db.close();
  }
}

const WRITE_VERSION_AT = 18;
const READ_VERSION_AT = 19;
const WAL = 2;
const ROLLBACK = 1;

/** The bytes of a file that nobody writes to now. SQLite keeps no WAL of what is in memory, so its header may not ask for one. */
function imageOf(file: string): Buffer {
  const image = readFileSync(file);
  image[WRITE_VERSION_AT] = ROLLBACK;
  image[READ_VERSION_AT] = ROLLBACK;
  return image;
}

function countRuns(db: SqlDatabase): Readonly<Partial<Record<RunStatus, number>>> {
  const rows = db.prepare("SELECT status, count(*) AS runs FROM run GROUP BY status").all() as readonly {
    readonly status: RunStatus;
    readonly runs: number;
  }[];
  return Object.fromEntries(rows.map(({ status, runs }) => [status, runs]));
}
