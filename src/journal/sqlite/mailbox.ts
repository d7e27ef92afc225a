import type { Letter, NewLetter } from "../../model/letter.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { PayloadSink } from "../../serialize/envelope.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";
import type { Payloads } from "./payloads.ts";

interface LetterRow {
  readonly id: number;
  readonly kind: Letter["kind"];
  readonly name: string;
  readonly atMs: number;
  readonly body: string;
}

/** The letters of a state file. Synchronous; throws what the driver throws. */
export class Mailbox {
  readonly #insert: SqlStatement;
  readonly #arrived: SqlStatement;
  readonly #after: SqlStatement;
  readonly #newest: SqlStatement;
  readonly #payloads: Payloads;

  constructor(db: SqlDatabase, payloads: Payloads) {
    this.#payloads = payloads;
    this.#insert = db.prepare(
      "INSERT INTO letter (run_no, kind, name, at_ms, body) SELECT run_no, ?, ?, ?, ? FROM run WHERE run_no = ? AND status NOT IN ('succeeded', 'failed', 'cancelled')",
    );
    this.#arrived = db.prepare("UPDATE run SET newest_letter = ? WHERE run_no = ?");
    this.#after = db.prepare("SELECT id, kind, name, at_ms AS atMs, body FROM letter WHERE run_no = ? AND id > ? ORDER BY id");
    this.#newest = db.prepare("SELECT ifnull(max(id), 0) AS id FROM letter");
  }

  /** The letter's id; null, and nothing written, where the run has ended. To be called in a transaction. */
  post(runNo: number, { runId, kind, name, value, atMs }: NewLetter): number | null {
    const payloads: PayloadSink = new Map();
    const body = encode({ value }, `The ${kind} for run ${runId}`, payloads);
    const { changes, lastInsertRowid } = this.#insert.run(kind, name, atMs, body, runNo);
    if (changes === 0) return null;
    const id = Number(lastInsertRowid);
    this.#arrived.run(id, runNo);
    this.#payloads.put(runNo, payloads);
    return id;
  }

  /** One look into an index where there are none. */
  after(run: { readonly runNo: number; readonly runId: string }, afterId: number): readonly Letter[] {
    const rows = this.#after.all(run.runNo, afterId) as readonly LetterRow[];
    const payloads = this.#payloads.of(run.runNo);
    return rows.map(({ id, kind, name, atMs, body }) => {
      const { value } = decode(body, payloads) as Pick<Letter, "value">; // the one cast: `post` wrote it
      return { id, runId: run.runId, kind, name, value, atMs };
    });
  }

  /** The end of the table's own index: the same however many there are. */
  newest(): number {
    return (this.#newest.get() as { readonly id: number }).id;
  }
}
