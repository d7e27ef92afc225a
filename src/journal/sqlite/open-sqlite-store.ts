import { resolve } from "node:path";
import type { JournalStore } from "../port.ts";
import { PATIENCE_MS, whenFree } from "./back-off.ts";
import { openDatabase, type SqlDatabase } from "./driver.ts";
import { faultOf } from "./faults.ts";
import { migrate, SCHEMA_VERSION, versionOf } from "./schema.ts";
import { SqliteStore } from "./sqlite-store.ts";
import { prepareStateFile, refuseNewer } from "./state-file.ts";

/** How a SQLite state file is opened. */
export interface SqliteStoreOptions {
  /**
   * When a commit counts as done. `full`: when the disk has it; survives a power cut, at the price of one disk flush
   * per commit. `normal`: when the operating system has it; survives a killed process, but a power cut may take the
   * last commits (never the middle ones).
   *
   * @defaultValue `"full"`
   */
  readonly synchronous?: "full" | "normal";
}

/**
 * Opens the journal in a SQLite file, and makes it where there is none: mode 0600, its folders 0700. Several processes
 * may have it open. A file that cannot be used is left as it is, byte for byte.
 *
 * @throws {FlujoError} `state_unreadable` (not ours, damaged, no permission, locked, full), `state_newer`,
 * `package_missing`.
 */
export async function openSqliteStore(path: string, options: SqliteStoreOptions = {}): Promise<JournalStore> {
  const file = resolve(path);
  try {
    prepareStateFile(file);
    const db = await openDatabase(file);
    try {
      await whenFree(() => setUp(db, file, options), PATIENCE_MS);
      return new SqliteStore(db, file);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw faultOf(file, error);
  }
}

function setUp(db: SqlDatabase, file: string, { synchronous = "full" }: SqliteStoreOptions): void {
  refuseNewer(file, versionOf(db)); // once more: what is newest may lie in the -wal file
  const isOlder = versionOf(db) < SCHEMA_VERSION;
  // Counts for a new file only. An agent's answers are entries of a few KB: in SQLite's usual pages of 4 KB, each of 2.2 KB
  // would take a page of its own, and making a page costs a commit more than anything else but the flush.
  db.exec("PRAGMA page_size = 8192");
  // Until it has tables, the file keeps SQLite's first journal mode: a crash while it is made leaves nothing half made.
  migrate(db, file);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(`PRAGMA synchronous = ${synchronous}`);
  if (isOlder) db.exec("PRAGMA wal_checkpoint"); // brings the version into the header, where older versions look for it
}
