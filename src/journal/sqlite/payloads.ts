import type { PayloadSink, PayloadSource } from "../../serialize/envelope.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";

/** The bytes of files, each once per run. Synchronous; throws what the driver throws. */
export class Payloads {
  readonly #has: SqlStatement;
  readonly #insert: SqlStatement;
  readonly #read: SqlStatement;

  constructor(db: SqlDatabase) {
    this.#has = db.prepare("SELECT 1 FROM payload WHERE run_no = ? AND hash = ?");
    this.#insert = db.prepare("INSERT INTO payload (run_no, hash, bytes) VALUES (?, ?, ?)");
    this.#read = db.prepare("SELECT bytes FROM payload WHERE run_no = ? AND hash = ?");
  }

  /** Writes those that are not there. To be called in the transaction of what names them. */
  put(runNo: number, payloads: PayloadSink): void {
    for (const [hash, bytes] of payloads) {
      // Asked first: an insert that is ignored would have copied all bytes before it was.
      if (this.#has.get(runNo, hash) === undefined) this.#insert.run(runNo, hash, bytes);
    }
  }

  /** Where the files of a run are read. Each is read once, so that whoever reads many entries with one file holds it once. */
  of(runNo: number): PayloadSource {
    const read = new Map<string, Uint8Array>();
    return (hash) => {
      const before = read.get(hash);
      if (before !== undefined) return before;
      const row = this.#read.get(runNo, hash) as { readonly bytes: Uint8Array } | undefined;
      if (row === undefined) return null;
      const bytes = new Uint8Array(row.bytes.buffer, row.bytes.byteOffset, row.bytes.byteLength); // the driver gives a Buffer
      read.set(hash, bytes);
      return bytes;
    };
  }
}
