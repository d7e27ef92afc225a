import { FlujoError } from "../../base/errors.ts";
import type { CacheBackend } from "../../model/cache-backend.ts";
import type { Entry } from "../../model/entry.ts";
import type { Letter, NewLetter } from "../../model/letter.ts";
import type { Plan } from "../../model/node.ts";
import type { NewRun, RunRecord } from "../../model/run-record.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import { decode } from "../../serialize/codec.ts";
import { countOf } from "../bounds.ts";
import type { ClaimRequest, CommitRequest, EntryQuery, Eventually, JournalRow, JournalStore, RunLease, RunQuery } from "../port.ts";
import { DEFAULT_LIST_LIMIT } from "../port.ts";
import { leaseLost, runHasEnded, runNotFound } from "../refusals.ts";
import { PATIENCE_MS, whenFree } from "./back-off.ts";
import type { SqlDatabase } from "./driver.ts";
import { EntryReader } from "./entry-reader.ts";
import { toRow } from "./entry-row.ts";
import { faultOf } from "./faults.ts";
import { KeptOutcomes } from "./kept-outcomes.ts";
import { Mailbox } from "./mailbox.ts";
import { Payloads } from "./payloads.ts";
import { type RunRow, toRecord } from "./run-row.ts";
import { RunWriter } from "./run-writer.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { Threads } from "./threads.ts";
import { type Write, WriteQueue } from "./write-queue.ts";

/** The journal in a SQLite file that is open and has its tables. Made by `openSqliteStore`. */
export class SqliteStore implements JournalStore {
  readonly name: string;
  readonly cache: CacheBackend;
  readonly #file: string;
  readonly #db: SqlDatabase;
  readonly #sql: Statements;
  readonly #payloads: Payloads;
  readonly #reader: EntryReader;
  readonly #writer: RunWriter;
  readonly #threads: Threads;
  readonly #mailbox: Mailbox;
  readonly #queue: WriteQueue;
  /** The runs that this store holds a lease of, with their numbers. */
  readonly #held = new Map<string, number>();

  constructor(db: SqlDatabase, file: string) {
    this.name = `sqlite:${file}`;
    this.#file = file;
    this.cache = new KeptOutcomes(db, file);
    this.#db = db;
    this.#sql = prepareStatements(db);
    const payloads = new Payloads(db);
    this.#payloads = payloads;
    this.#reader = new EntryReader(this.#sql, payloads);
    this.#writer = new RunWriter(db, { sql: this.#sql, payloads });
    this.#threads = new Threads(db, payloads);
    this.#mailbox = new Mailbox(db, payloads);
    this.#queue = new WriteQueue(this.#writer, PATIENCE_MS);
  }

  record(entry: Entry): JournalRow {
    return toRow(entry);
  }

  createRun(run: NewRun, rows: readonly JournalRow[]): Eventually<RunLease> {
    let runNo = 0;
    const within = (): void => {
      runNo = this.#writer.create(run, rows);
    };
    const write: Write = { runId: run.runId, within, alone: () => this.#writer.inTransaction(within) };
    return this.#write(write, () => {
      this.#writer.planIsStored(run.plan);
      this.#held.set(run.runId, runNo);
      return { runId: run.runId, epoch: 1 };
    });
  }

  claimRun(request: ClaimRequest): Eventually<RunLease> {
    return this.#whenFree(() => {
      const { runNo, lease } = this.#writer.claim(request);
      this.#held.set(lease.runId, runNo);
      return lease;
    });
  }

  commit(request: CommitRequest): Eventually<void> {
    const { lease, rest } = request;
    const within = (): void => {
      const runNo = this.#runNoOf(lease.runId);
      if (runNo === null) throw leaseLost(lease);
      this.#writer.append(runNo, request);
    };
    const alone = this.#writer.isOneStatement(request) ? within : () => this.#writer.inTransaction(within);
    const write: Write = { runId: lease.runId, within, alone };
    return this.#write(write, () => {
      if (rest !== undefined) this.#held.delete(lease.runId);
    });
  }

  #write<T>(write: Write, written: () => T): Eventually<T> {
    const held = this.#held.size - (this.#held.has(write.runId) ? 1 : 0);
    try {
      const pending = this.#queue.write(write, held === 0);
      if (!(pending instanceof Promise)) return written();
      return pending.then(written, (error: unknown) => {
        throw this.#failed(write, error);
      });
    } catch (error) {
      throw this.#failed(write, error);
    }
  }

  #failed(write: Write, error: unknown): FlujoError {
    if (FlujoError.is(error, "lease_lost")) this.#held.delete(write.runId);
    return faultOf(this.#file, error);
  }

  openEntries(runId: string): Eventually<readonly Entry[]> {
    return this.#whenFree(() => this.#ofRun(runId, (runNo) => this.#reader.open(runNo)));
  }

  entries(query: EntryQuery): Eventually<readonly Entry[]> {
    return this.#whenFree(() => this.#ofRun(query.runId, (runNo) => this.#reader.read(runNo, query)));
  }

  entriesAt(runId: string, seqs: readonly number[]): Eventually<readonly Entry[]> {
    return this.#whenFree(() => this.#ofRun(runId, (runNo) => this.#reader.at(runNo, seqs)));
  }

  findRun(runId: string): Eventually<RunRecord | null> {
    return this.#whenFree(() => {
      const row = this.#sql.runById.get(runId) as RunRow | undefined;
      return row === undefined ? null : this.#recordOf(row);
    });
  }

  listRuns(query: RunQuery): Eventually<readonly RunRecord[]> {
    const { prefix = "", status = null, parent = null, ready } = query;
    // A range, not LIKE: no character of the prefix means anything else than itself.
    const which = [prefix, `${prefix}\u{10ffff}`, status, countOf(query.limit, DEFAULT_LIST_LIMIT)] as const;
    const rows = (): unknown =>
      ready !== undefined
        ? this.#sql.readyRuns.all(timeOf(ready.atMs), parent, ...which)
        : parent === null
          ? this.#sql.runs.all(...which)
          : this.#sql.childRuns.all(parent, ...which);
    return this.#whenFree(() => (rows() as readonly RunRow[]).map((row) => this.#recordOf(row)));
  }

  planOf(runId: string): Eventually<Plan> {
    return this.#whenFree(() => {
      const row = this.#sql.planOf.get(runId) as { readonly body: string } | undefined;
      if (row === undefined) throw runNotFound(runId);
      return decode(row.body) as Plan;
    });
  }

  appendToThread(exchange: ThreadExchange): Eventually<void> {
    const append = (): void => this.#threads.append(this.#runNoAt(exchange.runId), exchange);
    return this.#whenFree(() => this.#writer.inTransaction(append));
  }

  readThread(thread: string): Eventually<readonly ThreadExchange[]> {
    return this.#whenFree(() => this.#threads.read(thread));
  }

  post(letter: NewLetter): Eventually<number> {
    const post = (): number | null => this.#mailbox.post(this.#runNoAt(letter.runId), letter);
    return this.#whenFree(() => {
      const id = this.#writer.inTransaction(post);
      if (id !== null) return id;
      const row = this.#sql.runById.get(letter.runId) as RunRow | undefined;
      throw row === undefined ? runNotFound(letter.runId) : runHasEnded(letter.runId, row.status);
    });
  }

  letters(runId: string, afterId: number): Eventually<readonly Letter[]> {
    return this.#whenFree(() => {
      const runNo = this.#runNoOf(runId);
      return runNo === null ? [] : this.#mailbox.after({ runNo, runId }, afterId);
    });
  }

  newestLetter(): Eventually<number> {
    return this.#whenFree(() => this.#mailbox.newest());
  }

  async close(): Promise<void> {
    await this.#queue.idle();
    this.#db.close();
  }

  #recordOf(row: RunRow): RunRecord {
    return toRecord(row, this.#payloads.of(row.run_no));
  }

  #ofRun(runId: string, read: (runNo: number) => readonly Entry[]): readonly Entry[] {
    const runNo = this.#runNoOf(runId);
    return runNo === null ? [] : read(runNo);
  }

  /** @throws {FlujoError} `run_not_found` */
  #runNoAt(runId: string): number {
    const runNo = this.#runNoOf(runId);
    if (runNo === null) throw runNotFound(runId);
    return runNo;
  }

  #runNoOf(runId: string): number | null {
    const held = this.#held.get(runId);
    return held ?? (this.#sql.runById.get(runId) as RunRow | undefined)?.run_no ?? null;
  }

  #whenFree<T>(work: () => T): Eventually<T> {
    try {
      const result = whenFree(work, PATIENCE_MS);
      return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(faultOf(this.#file, error))) : result;
    } catch (error) {
      throw faultOf(this.#file, error);
    }
  }
}

/** No time is a time before all others: SQLite has no word for it, and nothing would be at or before NULL. */
function timeOf(atMs: number): number {
  return Number.isNaN(atMs) ? Number.NEGATIVE_INFINITY : atMs;
}
