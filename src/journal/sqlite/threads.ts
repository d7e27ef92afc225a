import type { InstancePath } from "../../model/path.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";

interface ExchangeRow {
  readonly runId: string;
  readonly runNo: number;
  readonly key: string;
  readonly atMs: number;
  readonly summaryOf: number | null;
  readonly body: string;
}

/** The conversations of a state file. Synchronous; throws what the driver throws. */
export class Threads {
  readonly #insert: SqlStatement;
  readonly #read: SqlStatement;

  constructor(db: SqlDatabase) {
    this.#insert = db.prepare(
      "INSERT INTO exchange (thread, run_no, key, at_ms, summary_of, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (thread, run_no, key) DO NOTHING",
    );
    this.#read = db.prepare(
      "SELECT run_id AS runId, run_no AS runNo, key, at_ms AS atMs, summary_of AS summaryOf, body FROM exchange JOIN run USING (run_no) WHERE thread = ? ORDER BY id",
    );
  }

  append(runNo: number, exchange: ThreadExchange): void {
    const { thread, key, atMs, summaryOf = null, items } = exchange;
    this.#insert.run(thread, runNo, key, atMs, summaryOf, encode({ items }, key));
  }

  read(thread: string): readonly ThreadExchange[] {
    return (this.#read.all(thread) as readonly ExchangeRow[]).map((row) => {
      const { runId, atMs, summaryOf } = row;
      const { items } = decode(row.body) as Pick<ThreadExchange, "items">; // the one cast: `append` wrote it
      const exchange = { thread, runId, key: row.key as InstancePath, atMs, items };
      return summaryOf === null ? exchange : { ...exchange, summaryOf };
    });
  }
}
