import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { FlujoError } from "../../index.ts";
import { checkLength, Closest, cosineTo } from "./closest.ts";
import type { DocumentFacts, StoredDocument, VectorHit, VectorSearch, VectorStore } from "./vector-store.ts";

/** Vectors in a SQLite file. */
export interface SqliteVectors extends VectorStore {
  /** Lets go of the file. What is asked of it later opens it again. */
  close(): Promise<void>;
}

/** "FluV": marks a database file as one of vectors, in its header. */
const APPLICATION_ID = 0x46_6c_75_56;

/** How long another process's write is waited for, in milliseconds. This thread does nothing else meanwhile. */
const PATIENCE_MS = 5_000;

const TABLES = `
  CREATE TABLE document (name TEXT PRIMARY KEY, version TEXT NOT NULL, model TEXT NOT NULL, dimensions INTEGER) STRICT;
  CREATE TABLE chunk (id INTEGER PRIMARY KEY, document TEXT NOT NULL REFERENCES document ON DELETE CASCADE, start INTEGER NOT NULL,
    line INTEGER NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL) STRICT;
  CREATE INDEX chunk_document ON chunk (document, start);
  CREATE INDEX document_model ON document (model);`;

/**
 * A place for vectors in a SQLite file, through the SQLite that comes with Node: shared by all processes that name it, and there when they
 * have ended. The file is opened with the first use, and made where there is none, for its owner alone.
 *
 * Every search looks at every vector of the model: exact, and linear in their number; this thread does nothing else meanwhile.
 *
 * What keeps it from being used (no permission, a file of something else) is thrown as `state_unreadable`.
 *
 * @example
 * ```ts
 * import { sqliteVectors } from "flujo/recipes";
 *
 * const store = sqliteVectors(".flujo/vectors.db");
 * await store.put({
 *   name: "a.md",
 *   version: "1",
 *   model: "mine",
 *   chunks: [{ text: "north", start: 0, line: 1, vector: new Float32Array([0, 1]) }],
 * });
 * console.log(await store.documents()); // [ { name: 'a.md', version: '1', model: 'mine', chunks: 1 } ]
 * await store.close();
 * ```
 */
export function sqliteVectors(path: string): SqliteVectors {
  const file = resolve(path);
  let opening: Promise<DatabaseSync> | null = null;
  const use = async <T>(work: (db: DatabaseSync) => T): Promise<T> => {
    opening ??= openFile(file);
    const opened = opening;
    const db = await opened.catch((error: unknown) => {
      if (opening === opened) opening = null; // it may be mended by the next time
      throw error;
    });
    return work(db);
  };
  return {
    name: `sqlite:${path}`,
    put: (document) => use((db) => inTransaction(db, () => putInto(db, document))),
    drop: (names) => use((db) => inTransaction(db, () => dropFrom(db, names))),
    documents: () => use(documentsIn),
    search: (search) => use((db) => searchIn(db, search)),
    close: async () => {
      const there = opening;
      opening = null;
      (await there?.catch(() => null))?.close(); // whoever asked has been told
    },
  };
}

async function openFile(file: string): Promise<DatabaseSync> {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600));
    const { DatabaseSync } = await import("node:sqlite");
    const db = new DatabaseSync(file, { timeout: PATIENCE_MS });
    try {
      setUp(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FlujoError("state_unreadable", `The file of vectors ${file} cannot be used: ${why.replace(/\.$/, "")}.`, {
      cause,
      details: { file },
      remedy: "See whether it can be written there, and is a file of vectors; name another one otherwise.",
    });
  }
}

function setUp(db: DatabaseSync): void {
  db.exec("PRAGMA foreign_keys = ON");
  if (applicationIdOf(db) === APPLICATION_ID) return;
  inTransaction(db, () => {
    if (applicationIdOf(db) === APPLICATION_ID) return; // another process may have been first
    if (db.prepare("SELECT 1 FROM sqlite_schema").get() !== undefined) throw new Error("it is a database of something else");
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; ${TABLES}`);
  });
  db.exec("PRAGMA journal_mode = WAL");
}

function applicationIdOf(db: DatabaseSync): unknown {
  return db.prepare("PRAGMA application_id").get()?.["application_id"];
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function putInto(db: DatabaseSync, { name, version, model, chunks }: StoredDocument): void {
  db.prepare("DELETE FROM document WHERE name = ?").run(name);
  const wanted = lengthIn(db, model) ?? chunks[0]?.vector.length ?? null;
  for (const { vector } of chunks) checkLength(model, vector.length, wanted);
  const dimensions = chunks.length === 0 ? null : wanted;
  db.prepare("INSERT INTO document (name, version, model, dimensions) VALUES (?, ?, ?, ?)").run(name, version, model, dimensions);
  const insert = db.prepare("INSERT INTO chunk (document, start, line, text, vector) VALUES (?, ?, ?, ?, ?)");
  for (const { start, line, text, vector } of chunks)
    insert.run(name, start, line, text, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}

function dropFrom(db: DatabaseSync, names: readonly string[]): void {
  const drop = db.prepare("DELETE FROM document WHERE name = ?");
  for (const name of names) drop.run(name);
}

function lengthIn(db: DatabaseSync, model: string): number | null {
  const row = db.prepare("SELECT dimensions FROM document WHERE model = ? AND dimensions IS NOT NULL LIMIT 1").get(model);
  return (row?.["dimensions"] as number | undefined) ?? null; // an INTEGER, and not NULL
}

function documentsIn(db: DatabaseSync): readonly DocumentFacts[] {
  const rows = db
    .prepare("SELECT name, version, model, (SELECT count(*) FROM chunk WHERE chunk.document = document.name) AS chunks FROM document")
    .all();
  const facts = rows.map(({ name, version, model, chunks }) => ({ name, version, model, chunks })) as unknown as DocumentFacts[]; // by the table
  return facts.sort((a, b) => (a.name < b.name ? -1 : 1)); // as names are compared everywhere else, not by their bytes
}

interface Row {
  readonly id: number;
  readonly document: string;
  readonly start: number;
}

function searchIn(db: DatabaseSync, { vector, model, ...bounds }: VectorSearch): readonly VectorHit[] {
  checkLength(model, vector.length, lengthIn(db, model));
  const closeness = cosineTo(vector);
  const closest = new Closest<Row>(bounds, (a, b) => a.document < b.document || (a.document === b.document && a.start < b.start));
  const rows = db.prepare(
    "SELECT chunk.id AS id, document, start, vector FROM chunk JOIN document ON document.name = chunk.document WHERE model = ?",
  );
  for (const row of rows.iterate(model)) {
    const { vector: bytes, ...piece } = row as unknown as Row & { readonly vector: Uint8Array }; // by the table
    const score = closeness(numbersOf(bytes));
    if (closest.wants(score)) closest.add(piece, score);
  }
  const rest = db.prepare("SELECT line, text FROM chunk WHERE id = ?");
  return closest.all().map(({ piece: { id, document, start }, score }) => {
    const { line, text } = rest.get(id) as unknown as Pick<VectorHit, "line" | "text">; // by the table
    return { document, text, start, line, score };
  });
}

/** The numbers that the bytes are, in the machine's own order; where they do not begin at a whole number, a copy of them. */
function numbersOf(bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, byteLength } = byteOffsetFits(bytes) ? bytes : bytes.slice();
  return new Float32Array(buffer, byteOffset, byteLength / Float32Array.BYTES_PER_ELEMENT);
}

function byteOffsetFits({ byteOffset }: Uint8Array): boolean {
  return byteOffset % Float32Array.BYTES_PER_ELEMENT === 0;
}
