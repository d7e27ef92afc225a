import type { Letter, NewLetter } from "../../model/letter.ts";
import { decode, encode } from "../../serialize/codec.ts";
import type { SqlDatabase, SqlStatement } from "./driver.ts";

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
  readonly #after: SqlStatement;

  constructor(db: SqlDatabase) {
    this.#insert = db.prepare(
      "INSERT INTO letter (run_no, kind, name, at_ms, body) SELECT run_no, ?, ?, ?, ? FROM run WHERE run_no = ? AND status NOT IN ('succeeded', 'failed', 'cancelled')",
    );
    this.#after = db.prepare("SELECT id, kind, name, at_ms AS atMs, body FROM letter WHERE run_no = ? AND id > ? ORDER BY id");
  }

  /** The letter's id; null, and nothing written, where the run has ended. */
  post(runNo: number, { runId, kind, name, value, atMs }: NewLetter): number | null {
    const body = encode({ value }, `The ${kind} for run ${runId}`);
    const { changes, lastInsertRowid } = this.#insert.run(kind, name, atMs, body, runNo);
    return changes === 0 ? null : Number(lastInsertRowid);
  }

  /** One look into an index where there are none. */
  after(run: { readonly runNo: number; readonly runId: string }, afterId: number): readonly Letter[] {
    return (this.#after.all(run.runNo, afterId) as readonly LetterRow[]).map(({ id, kind, name, atMs, body }) => {
      const { value } = decode(body) as Pick<Letter, "value">; // the one cast: `post` wrote it
      return { id, runId: run.runId, kind, name, value, atMs };
    });
  }
}
