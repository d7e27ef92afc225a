import { FlujoError } from "../../base/errors.ts";

/** What can be bound to a parameter. */
export type SqlValue = string | number | Uint8Array | null;

/** A statement that was prepared once. Rows come as objects by column name. */
export interface SqlStatement {
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...values: readonly SqlValue[]): unknown;
  all(...values: readonly SqlValue[]): unknown[];
}

/**
 * The seam between the store and the SQLite it runs on: synchronous, one connection, and errors that carry SQLite's name
 * of the fault in `code` (`SQLITE_BUSY`). Nothing else of a driver is used, so that another can take its place.
 */
export interface SqlDatabase {
  readonly open: boolean;
  readonly inTransaction: boolean;
  prepare(sql: string): SqlStatement;
  exec(sql: string): unknown;
  close(): unknown;
}

/** The driver's binary takes an older Node down without a word; so it is asked here, before it is loaded. */
function refuseOldNode(): void {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < 22) throw new FlujoError("node_too_old", `A SQLite state file needs Node 22 or newer, and this is ${process.version}.`);
}

/**
 * Opens a database file. Waits for no lock: a wait inside SQLite would stop the event loop.
 *
 * @throws {FlujoError} `node_too_old`; `package_missing` where better-sqlite3 is not installed, or has no binary for this machine.
 */
export async function openDatabase(file: string): Promise<SqlDatabase> {
  const Database = await loadDriver();
  return new Database(file, { timeout: 0 });
}

/**
 * Opens a database to look at: a file, or the bytes of one. A file that is in use leaves traces beside it even when it is
 * only read (SQLite's `-shm`), bytes do not.
 *
 * @throws {FlujoError} As {@link openDatabase}.
 */
export async function openToRead(source: string | Buffer): Promise<SqlDatabase> {
  const Database = await loadDriver();
  return new Database(source, { timeout: 0, readonly: true });
}

async function loadDriver() {
  refuseOldNode();
  const { default: Database } = await import("better-sqlite3").catch((cause: unknown) => {
    throw new FlujoError("package_missing", "A SQLite state file needs the package better-sqlite3, which cannot be loaded.", { cause });
  });
  return Database;
}
