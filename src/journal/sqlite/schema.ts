import { sha256 } from "../../base/hash.ts";
import type { SqlDatabase } from "./driver.ts";
import { stateUnreadable } from "./faults.ts";
import { KEPT_TABLE } from "./kept-outcomes.ts";

/** "Fluj": marks a database file as ours, in its header. */
export const APPLICATION_ID = 0x46_6c_75_6a;

/**
 * Numbered from 1, and never changed once released: a file remembers the checksum of each that made it.
 *
 * `entry.id` is `run_no * 2^27 + seq`, so that it is SQLite's own row id: a run's entries are appended to one b-tree, in
 * their order, with no second index to keep. (A unique text key costs 1.3 to 2.1 times as much per step.) It leaves room
 * for 134 million entries a run and 67 million runs below 2^53, the last integer JavaScript is exact about.
 *
 * `entry_done` is small: only `frame-done` entries have a `from_seq`. It tells what a resume need not read.
 *
 * `payload` has the bytes of files, once per run. `exchange` and `letter` never give an id twice (AUTOINCREMENT): their ids
 * are orders that readers remember.
 *
 * `run.due_ms` is when a paused run can go on: below any time where a letter came that it has not had, else `wake_ms`. Only
 * runs that can ever go on by themselves are in `run_due`, in that order: asking for those that are due costs as much as
 * there are of them, however many rest. (Paused runs of an older layout do not say which letters they had: those that have
 * any are due once, which loses nothing.)
 *
 * `kept` has what caches keep; `run.parent` is the run that a run comes from.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE migration (version INTEGER PRIMARY KEY, checksum TEXT NOT NULL);
   CREATE TABLE plan (hash TEXT PRIMARY KEY, body TEXT NOT NULL);
   CREATE TABLE run (
     run_no INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, pipeline TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL,
     plan_hash TEXT NOT NULL, source TEXT, owner TEXT, epoch INTEGER NOT NULL, pauses TEXT NOT NULL, usage TEXT NOT NULL,
     cost TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL);
   CREATE TABLE entry (
     id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, type INTEGER NOT NULL, from_seq INTEGER, key TEXT NOT NULL, body TEXT NOT NULL);
   CREATE INDEX entry_done ON entry (id, from_seq, key) WHERE from_seq IS NOT NULL;`,
  `CREATE TABLE payload (run_no INTEGER NOT NULL, hash TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run_no, hash));
   CREATE TABLE exchange (
     id INTEGER PRIMARY KEY AUTOINCREMENT, thread TEXT NOT NULL, run_no INTEGER NOT NULL, key TEXT NOT NULL, at_ms INTEGER NOT NULL,
     summary_of INTEGER, body TEXT NOT NULL, UNIQUE (thread, run_no, key));
   CREATE TABLE letter (
     id INTEGER PRIMARY KEY AUTOINCREMENT, run_no INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, at_ms INTEGER NOT NULL,
     body TEXT NOT NULL);
   CREATE INDEX letter_of_run ON letter (run_no, id);`,
  `ALTER TABLE run ADD COLUMN lineage TEXT;
   ALTER TABLE run ADD COLUMN wake_ms INTEGER;
   ALTER TABLE run ADD COLUMN last_letter INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE run ADD COLUMN newest_letter INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE run ADD COLUMN due_ms INTEGER GENERATED ALWAYS AS (CASE WHEN newest_letter > last_letter THEN -1e999 ELSE wake_ms END) VIRTUAL;
   UPDATE run SET newest_letter = (SELECT max(id) FROM letter WHERE letter.run_no = run.run_no)
     WHERE run_no IN (SELECT run_no FROM letter);
   CREATE INDEX run_due ON run (due_ms) WHERE status = 'paused' AND due_ms IS NOT NULL;`,
  `${KEPT_TABLE}
   ALTER TABLE run ADD COLUMN parent TEXT GENERATED ALWAYS AS (json_extract(lineage, '$.parent')) VIRTUAL;
   CREATE INDEX run_parent ON run (parent) WHERE parent IS NOT NULL;`,
];

/** The newest layout this version of Flujo knows. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the file to {@link SCHEMA_VERSION}, in one transaction; two processes that do it at once do it once.
 *
 * @throws The driver's error when the file is locked, full or damaged; nothing was changed then.
 */
export function migrate(db: SqlDatabase, file: string): void {
  if (versionOf(db) < SCHEMA_VERSION) {
    db.exec("BEGIN IMMEDIATE");
    try {
      layOut(db, SCHEMA_VERSION);
      db.exec("COMMIT");
    } catch (error) {
      if (db.inTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }
  checkMigrations(db, file);
}

/** The migrations that a file has not had, up to this one. To be called in a transaction, which makes it one step for all who try. */
export function layOut(db: SqlDatabase, version: number): void {
  const had = versionOf(db); // asked here: another process may have been first
  if (had >= version) return;
  if (had === 0) db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  for (const [index, sql] of MIGRATIONS.slice(0, version).entries()) {
    if (index < had) continue;
    db.exec(sql);
    db.prepare("INSERT INTO migration VALUES (?, ?)").run(index + 1, sha256(sql));
  }
  db.exec(`PRAGMA user_version = ${version}`);
}

/** The layout the file says it has; 0 for an empty one. */
export function versionOf(db: SqlDatabase): number {
  return (db.prepare("PRAGMA user_version").get() as { readonly user_version: number }).user_version;
}

function checkMigrations(db: SqlDatabase, file: string): void {
  const made = db.prepare("SELECT version, checksum FROM migration ORDER BY version").all() as readonly {
    readonly version: number;
    readonly checksum: string;
  }[];
  const known = MIGRATIONS.map((sql, index) => `${index + 1} ${sha256(sql)}`);
  const differs = known.length !== made.length || made.some((row, index) => `${row.version} ${row.checksum}` !== known[index]);
  if (differs) throw stateUnreadable(file, { what: "its tables were not made by this line of Flujo versions" });
}
