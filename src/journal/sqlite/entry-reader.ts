import type { Entry } from "../../model/entry.ts";
import { countOf } from "../bounds.ts";
import { coverOf, type DoneSpan } from "../open-entries.ts";
import type { PayloadSource } from "../../serialize/envelope.ts";
import type { EntryQuery } from "../port.ts";
import { fromRow, isOpenRow } from "./entry-row.ts";
import type { Payloads } from "./payloads.ts";
import { SEQ_SPAN, type Statements } from "./statements.ts";

interface StoredEntry {
  readonly id: number;
  readonly atMs: number;
  readonly type: number;
  readonly key: string;
  readonly body: string;
}

/** Reads entries of the run with this number. Synchronous; throws what the driver throws. */
export class EntryReader {
  readonly #sql: Statements;
  readonly #payloads: Payloads;

  constructor(statements: Statements, payloads: Payloads) {
    this.#sql = statements;
    this.#payloads = payloads;
  }

  read(runNo: number, query: EntryQuery): readonly Entry[] {
    const from = Math.min(countOf(query.fromSeq, 0), SEQ_SPAN);
    return this.#range(runNo, { from, limit: countOf(query.limit, SEQ_SPAN) });
  }

  #range(runNo: number, { from, limit }: { readonly from: number; readonly limit: number }): readonly Entry[] {
    const first = runNo * SEQ_SPAN;
    const payloads = this.#payloads.of(runNo);
    return (this.#sql.entries.all(first + from, first + SEQ_SPAN, Math.min(limit, SEQ_SPAN)) as readonly StoredEntry[]).map((row) =>
      toEntry(row, first, payloads),
    );
  }

  at(runNo: number, seqs: readonly number[]): readonly Entry[] {
    const first = runNo * SEQ_SPAN;
    const payloads = this.#payloads.of(runNo);
    return seqs.flatMap((seq) => {
      // Beyond these bounds, the id would be another run's.
      if (!Number.isInteger(seq) || seq < 0 || seq >= SEQ_SPAN) return [];
      const row = this.#sql.entryAt.get(first + seq) as StoredEntry | undefined;
      return row === undefined ? [] : [toEntry(row, first, payloads)];
    });
  }

  /** First what is done, then what each entry is about, and only then the bodies of those that are open. */
  open(runNo: number): readonly Entry[] {
    const first = runNo * SEQ_SPAN;
    const end = first + SEQ_SPAN;
    const dones = this.#sql.dones.all(first, end) as readonly { readonly id: number; readonly key: string; readonly fromSeq: number }[];
    if (dones.length === 0) return this.#range(runNo, { from: 0, limit: SEQ_SPAN });
    const isCovered = coverOf(dones.map(({ id, key, fromSeq }): DoneSpan => ({ key, fromSeq, seq: id - first })));
    const places = this.#sql.places.all(first, end) as readonly Pick<StoredEntry, "id" | "type" | "key">[];
    const open = places.map(({ id, type, key }) => ({ seq: id - first, type, key })).filter((row) => isOpenRow(row, isCovered));
    return this.at(
      runNo,
      open.map(({ seq }) => seq),
    );
  }
}

function toEntry(row: StoredEntry, first: number, payloads: PayloadSource): Entry {
  return fromRow({ seq: row.id - first, atMs: row.atMs, type: row.type, key: row.key, body: row.body }, payloads);
}
