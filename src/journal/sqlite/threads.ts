import type { InstancePath } from "../../model/path.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { PayloadSink, PayloadSource } from "../../serialize/envelope.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";
import type { Payloads } from "./payloads.ts";

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
  readonly #payloads: Payloads;

  constructor(db: SqlDatabase, payloads: Payloads) {
    this.#payloads = payloads;
    this.#insert = db.prepare(
      "INSERT INTO exchange (thread, run_no, key, at_ms, summary_of, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (thread, run_no, key) DO NOTHING",
    );
    this.#read = db.prepare(
      "SELECT run_id AS runId, run_no AS runNo, key, at_ms AS atMs, summary_of AS summaryOf, body FROM exchange JOIN run USING (run_no) WHERE thread = ? ORDER BY id",
    );
  }

  /** To be called in a transaction: an exchange and the files in it are two statements. */
  append(runNo: number, exchange: ThreadExchange): void {
    const { thread, key, atMs, summaryOf = null, items } = exchange;
    const payloads: PayloadSink = new Map();
    const { changes } = this.#insert.run(thread, runNo, key, atMs, summaryOf, encode({ items }, key, payloads));
    if (changes > 0) this.#payloads.put(runNo, payloads);
  }

  read(thread: string): readonly ThreadExchange[] {
    const sources = new Map<number, PayloadSource>();
    const sourceOf = (runNo: number): PayloadSource => {
      const source = sources.get(runNo) ?? this.#payloads.of(runNo);
      sources.set(runNo, source);
      return source;
    };
    return (this.#read.all(thread) as readonly ExchangeRow[]).map((row) => {
      const { runId, atMs, summaryOf } = row;
      const { items } = decode(row.body, sourceOf(row.runNo)) as Pick<ThreadExchange, "items">; // the one cast: `append` wrote it
      const exchange = { thread, runId, key: row.key as InstancePath, atMs, items };
      return summaryOf === null ? exchange : { ...exchange, summaryOf };
    });
  }
}
