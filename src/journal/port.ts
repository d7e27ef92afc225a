import type { CacheBackend } from "../model/cache-backend.ts";
import type { Entry } from "../model/entry.ts";
import type { Letter, NewLetter } from "../model/letter.ts";
import type { Plan } from "../model/node.ts";
import type { NewRun, Owner, RunRecord, RunRest } from "../model/run-record.ts";
import type { RunStatus } from "../model/run-result.ts";
import type { ThreadExchange } from "../model/thread.ts";

/** At once where the store can, later where it cannot. A caller on the hot path awaits only what is a promise. */
export type Eventually<T> = T | Promise<T>;

/** An entry in the form its store writes: made by {@link JournalStore.record}, opaque to everybody else. */
export interface JournalRow {
  readonly seq: number;
}

/** The right to write to a run. Void as soon as somebody else has taken the run over (a higher epoch). */
export interface RunLease {
  readonly runId: string;
  readonly epoch: number;
}

/** Asks for a run that is at rest, or whose owner may be dead. */
export interface ClaimRequest {
  readonly runId: string;
  readonly owner: Owner;
  readonly atMs: number;
  /** Whether this owner is still there. Asked about the present owner, if there is one; a dead one is replaced at once. */
  readonly isAlive: (owner: Owner) => boolean;
}

/** Adds entries to a run's journal, and lets the run come to rest in the same atomic step where `rest` is given. */
export interface CommitRequest {
  readonly lease: RunLease;
  readonly rows: readonly JournalRow[];
  /** Sets status, pauses and sums on the record, and gives up ownership. */
  readonly rest?: RunRest;
}

/** How many runs a list has at most, unless the query says otherwise. */
export const DEFAULT_LIST_LIMIT = 50;

/** Which runs to list. Newest first. */
export interface RunQuery {
  /** The beginning of the run id. */
  readonly prefix?: string;
  readonly status?: RunStatus;
  /** Only those that come of this run: that it started in the background, went on as, or was forked to. */
  readonly parent?: string;
  /** Only those that are paused and can go on: it is their `wakeAtMs`, or a letter came for them since they came to rest (its id is above the rest's `lastLetter`). */
  readonly ready?: { readonly atMs: number };
  /** How many at most. Default: {@link DEFAULT_LIST_LIMIT}. */
  readonly limit?: number;
}

/** Which entries to read, in the order of their seq. */
export interface EntryQuery {
  readonly runId: string;
  /** From this seq on. Default: 0. */
  readonly fromSeq?: number;
  /** How many at most. Default: all. */
  readonly limit?: number;
}

/**
 * Where journals live. Every implementation, ours or yours, must pass `journalStoreContract` of `flujo/testing`.
 *
 * All methods throw `FlujoError`s, at once or through their promise: `run_exists`, `run_not_found`, `run_owned`,
 * `lease_lost`, `journal_diverged`, `state_unreadable`, `state_newer`, `value_unstorable`, `flujo_closed`. Questions about
 * runs that are not there get an empty answer.
 */
export interface JournalStore {
  /** What a person is told: `memory`, `sqlite:.flujo/state.db`. */
  readonly name: string;
  /** Where `cached()` keeps outcomes, unless it names another place. Left out: in memory, for each Flujo its own. */
  readonly cache?: CacheBackend;
  /** Turns an entry into what {@link commit} takes. @throws {FlujoError} `value_unstorable`, naming the place in the value. */
  record(entry: Entry): JournalRow;
  /** Makes a run, owned by `run.owner` at epoch 1, status `running`, with its first rows. @throws {FlujoError} `run_exists` */
  createRun(run: NewRun, rows: readonly JournalRow[]): Eventually<RunLease>;
  /** Takes over a run: sets its owner and status `running`, and raises its epoch, in one atomic step. @throws {FlujoError} `run_not_found`, `run_owned`, `usage_invalid` for a run that has ended */
  claimRun(request: ClaimRequest): Eventually<RunLease>;
  /**
   * All rows or none, and in the order of the calls where one run has several. The rows of one call may be in any order.
   *
   * @throws {FlujoError} `lease_lost` when the lease's epoch is not the run's, or the run is at rest; `journal_diverged`
   * when a seq is taken. Nothing is written then.
   */
  commit(request: CommitRequest): Eventually<void>;
  /** The entries a resume needs: those of the run itself, and those that no `frame-done` entry above them covers, in the order of their seq. */
  openEntries(runId: string): Eventually<readonly Entry[]>;
  entries(query: EntryQuery): Eventually<readonly Entry[]>;
  /** Single entries by their seq, in the order asked for; those that are not there are left out. */
  entriesAt(runId: string, seqs: readonly number[]): Eventually<readonly Entry[]>;
  findRun(runId: string): Eventually<RunRecord | null>;
  listRuns(query: RunQuery): Eventually<readonly RunRecord[]>;
  /** The plan a run is pinned to. @throws {FlujoError} `run_not_found` */
  planOf(runId: string): Eventually<Plan>;
  /**
   * Adds an exchange to a conversation. One that is there already (same thread, run and key) stays as it is, so that
   * whoever is not sure may ask again.
   *
   * @throws {FlujoError} `run_not_found`, `value_unstorable`
   */
  appendToThread(exchange: ThreadExchange): Eventually<void>;
  /** All exchanges of a conversation, in the order in which they were added; none where there is no such thread. */
  readThread(thread: string): Eventually<readonly ThreadExchange[]>;
  /**
   * Leaves a letter for a run that has not ended, whoever drives it, and gives its id. It is there for good as soon as
   * this returns.
   *
   * @throws {FlujoError} `run_not_found`; `usage_invalid` for a run that has ended; `value_unstorable`
   */
  post(letter: NewLetter): Eventually<number>;
  /**
   * A run's letters with an id above `afterId`, the oldest first. Asked often by whoever drives the run, so it must cost
   * next to nothing where there are none.
   */
  letters(runId: string, afterId: number): Eventually<readonly Letter[]>;
  /**
   * The id of the newest letter of any run; 0 where there is none yet. Asked often by whoever drives runs, so that many of
   * them cost no more than one.
   */
  newestLetter(): Eventually<number>;
  /** Waits for what is being written, then lets go of everything. */
  close(): Eventually<void>;
}
