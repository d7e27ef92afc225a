import { closeSync, constants, openSync } from "node:fs";
import { dirname } from "node:path";
import { PATIENCE_MS, whenFree } from "./back-off.ts";
import type { SqlDatabase } from "./driver.ts";
import { openDatabase } from "./driver.ts";
import { faultOf, stateUnreadable } from "./faults.ts";
import { KEPT_TABLE, KeptOutcomes } from "./kept-outcomes.ts";
import { makeFolder } from "./state-file.ts";

/** "FluC": marks a database file as one of caches, in its header. */
const APPLICATION_ID = 0x46_6c_75_43;

/** A cache's file that is open. */
export interface CacheFile {
  readonly kept: KeptOutcomes;
  close(): void;
}

/**
 * Opens a cache's file, and makes it where there is none: mode 0600, its folders 0700.
 *
 * @throws {FlujoError} `state_unreadable` (not one of caches, damaged, no permission, locked, full), `package_missing`.
 */
export async function openCacheFile(file: string): Promise<CacheFile> {
  try {
    makeFolder(dirname(file));
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600));
    const db = await openDatabase(file);
    try {
      await whenFree(() => setUp(db, file), PATIENCE_MS);
      return { kept: new KeptOutcomes(db, file), close: () => void db.close() };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw faultOf(file, error);
  }
}

function setUp(db: SqlDatabase, file: string): void {
  const id = (): number => (db.prepare("PRAGMA application_id").get() as { readonly application_id: number }).application_id;
  if (id() === APPLICATION_ID) return;
  const isEmpty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
  if (!isEmpty)
    throw stateUnreadable(file, {
      what: "it is a database of something else",
      remedy: "The file was left as it is. Name another for the cache.",
    });
  db.exec("BEGIN IMMEDIATE");
  try {
    if (id() !== APPLICATION_ID) db.exec(`PRAGMA application_id = ${APPLICATION_ID}; ${KEPT_TABLE}`); // another process may have been first
    db.exec("COMMIT");
  } catch (error) {
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
  db.exec("PRAGMA journal_mode = WAL");
}
