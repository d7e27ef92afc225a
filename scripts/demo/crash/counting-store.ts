import type {
  ClaimRequest,
  CommitRequest,
  Entry,
  EntryQuery,
  Eventually,
  JournalRow,
  JournalStore,
  NewLetter,
  NewRun,
  RunLease,
  RunQuery,
  ThreadExchange,
} from "../../../src/index.ts";

/** A store that counts the entries which are safely written, and tells after each commit. */
export class CountingStore implements JournalStore {
  readonly name: string;
  readonly #inner: JournalStore;
  readonly #onWritten: (entries: number) => void;
  #written = 0;

  constructor(inner: JournalStore, onWritten: (entries: number) => void) {
    this.name = inner.name;
    this.#inner = inner;
    this.#onWritten = onWritten;
  }

  createRun(run: NewRun, rows: readonly JournalRow[]): Eventually<RunLease> {
    return this.#after(this.#inner.createRun(run, rows), rows.length);
  }

  commit(request: CommitRequest): Eventually<void> {
    return this.#after(this.#inner.commit(request), request.rows.length);
  }

  record(entry: Entry): JournalRow {
    return this.#inner.record(entry);
  }

  claimRun(request: ClaimRequest): Eventually<RunLease> {
    return this.#inner.claimRun(request);
  }

  openEntries(runId: string): Eventually<readonly Entry[]> {
    return this.#inner.openEntries(runId);
  }

  entries(query: EntryQuery): Eventually<readonly Entry[]> {
    return this.#inner.entries(query);
  }

  entriesAt(runId: string, seqs: readonly number[]): Eventually<readonly Entry[]> {
    return this.#inner.entriesAt(runId, seqs);
  }

  findRun(runId: string) {
    return this.#inner.findRun(runId);
  }

  listRuns(query: RunQuery) {
    return this.#inner.listRuns(query);
  }

  planOf(runId: string) {
    return this.#inner.planOf(runId);
  }

  appendToThread(exchange: ThreadExchange): Eventually<void> {
    return this.#inner.appendToThread(exchange);
  }

  readThread(thread: string) {
    return this.#inner.readThread(thread);
  }

  post(letter: NewLetter): Eventually<number> {
    return this.#inner.post(letter);
  }

  letters(runId: string, afterId: number) {
    return this.#inner.letters(runId, afterId);
  }

  newestLetter(): Eventually<number> {
    return this.#inner.newestLetter();
  }

  close(): Eventually<void> {
    return this.#inner.close();
  }

  #after<T>(writing: Eventually<T>, entries: number): Eventually<T> {
    const written = (value: T): T => {
      this.#written += entries;
      this.#onWritten(this.#written);
      return value;
    };
    return writing instanceof Promise ? writing.then(written) : written(writing);
  }
}
