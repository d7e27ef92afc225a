import { TurnoverMap } from "../../base/turnover-map.ts";
import { FREE } from "../../model/cost.ts";
import type { Entry } from "../../model/entry.ts";
import type { Letter, NewLetter } from "../../model/letter.ts";
import type { Plan } from "../../model/node.ts";
import type { NewRun, RunRecord, RunRest } from "../../model/run-record.ts";
import { isTerminal } from "../../model/run-result.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import { NO_USAGE } from "../../model/usage.ts";
import { openEntriesOf } from "../open-entries.ts";
import type { ClaimRequest, CommitRequest, EntryQuery, JournalRow, JournalStore, RunLease, RunQuery } from "../port.ts";
import { DEFAULT_LIST_LIMIT } from "../port.ts";
import { leaseLost, refusalOfClaim, runExists, runHasEnded, runNotFound, seqTaken } from "../refusals.ts";
import { memoryCache } from "./memory-cache.ts";
import { MemoryThreads } from "./memory-threads.ts";

/** How a memory store is made. */
export interface MemoryStoreOptions {
  /**
   * How many runs that have ended are kept; the one that ended first goes first. Runs that have not ended are always
   * kept. Too few: `trace` and `show` miss what has just ended. Too many: a long-lived process grows.
   *
   * @defaultValue `1_000`
   */
  readonly keep?: number;
  /**
   * How many entries the runs that have ended may hold together; the one that ended last is kept whatever its size.
   *
   * @defaultValue `20_000`
   */
  readonly keepEntries?: number;
  /**
   * How many conversations are kept; the one that was added to longest ago goes first. Too few: an agent forgets what was
   * said. Too many: a long-lived process grows.
   *
   * @defaultValue `1_000`
   */
  readonly keepThreads?: number;
}

interface MemoryRun {
  record: RunRecord;
  readonly plan: Plan;
  readonly entries: Entry[];
  readonly letters: Letter[];
  /** As its last rest has it. */
  lastLetter: number;
}

/**
 * A journal in this process's memory: gone when it ends, and at once in everything it does.
 *
 * It keeps the very entries it is given and copies nothing, so that a step costs a push onto an array. What was
 * committed must not be changed afterwards.
 */
export function memoryStore(options: MemoryStoreOptions = {}): JournalStore {
  const { keep = 1_000, keepEntries = 20_000, keepThreads = 1_000 } = options;
  return new MemoryStore({ keep, keepEntries, keepThreads });
}

class MemoryStore implements JournalStore {
  readonly name = "memory";
  readonly cache = memoryCache();
  readonly #runs = new TurnoverMap<string, MemoryRun>();
  /** Ids of runs that have ended, in the order of their ends. */
  readonly #ended = new Set<string>();
  readonly #keep: number;
  readonly #keepEntries: number;
  readonly #threads: MemoryThreads;
  #endedEntries = 0;
  #lastLetter = 0;

  constructor({ keep, keepEntries, keepThreads }: Required<MemoryStoreOptions>) {
    this.#keep = keep;
    this.#keepEntries = keepEntries;
    this.#threads = new MemoryThreads(keepThreads);
  }

  record(entry: Entry): JournalRow {
    return entry;
  }

  createRun(run: NewRun, rows: readonly JournalRow[]): RunLease {
    if (this.#runs.has(run.runId)) throw runExists(run.runId);
    const entries: Entry[] = [];
    append(entries, rows, run.runId);
    this.#runs.set(run.runId, { record: newRecord(run), plan: run.plan, entries, letters: [], lastLetter: 0 });
    return { runId: run.runId, epoch: 1 };
  }

  claimRun(request: ClaimRequest): RunLease {
    const run = this.#runOf(request.runId);
    const asked = run.record;
    const refusal = refusalOfClaim(asked, request);
    if (refusal !== null) throw refusal;
    if (run.record !== asked) return this.claimRun(request); // `isAlive` is the caller's code: somebody may have claimed in there
    const epoch = run.record.epoch + 1;
    run.record = { ...run.record, owner: request.owner, status: "running", epoch, updatedAtMs: request.atMs };
    return { runId: request.runId, epoch };
  }

  commit(request: CommitRequest): void {
    const { lease, rows, rest } = request;
    const run = this.#runs.get(lease.runId);
    if (run === undefined || run.record.epoch !== lease.epoch || run.record.owner === null) throw leaseLost(lease);
    append(run.entries, rows, lease.runId);
    if (rest === undefined) return;
    run.lastLetter = rest.lastLetter ?? run.lastLetter;
    run.record = atRest(run.record, rest);
    if (isTerminal(rest.status)) this.#end(lease.runId, run);
  }

  #end(runId: string, run: MemoryRun): void {
    this.#ended.add(runId);
    this.#endedEntries += run.entries.length;
    for (const oldest of this.#ended) {
      const isWithin = this.#ended.size <= this.#keep && this.#endedEntries <= this.#keepEntries;
      if (isWithin || (oldest === runId && this.#keep > 0)) return;
      this.#endedEntries -= this.#runs.get(oldest)?.entries.length ?? 0;
      this.#ended.delete(oldest);
      this.#runs.delete(oldest);
    }
  }

  openEntries(runId: string): readonly Entry[] {
    return openEntriesOf(this.#entriesOf(runId));
  }

  entries(query: EntryQuery): readonly Entry[] {
    const entries = this.#entriesOf(query.runId);
    const from = placeOf(entries, query.fromSeq ?? 0);
    return entries.slice(from, from + atLeastNone(query.limit ?? entries.length));
  }

  entriesAt(runId: string, seqs: readonly number[]): readonly Entry[] {
    const entries = this.#entriesOf(runId);
    return seqs.flatMap((seq) => {
      const entry = entries[placeOf(entries, seq)];
      return entry?.seq === seq ? [entry] : [];
    });
  }

  findRun(runId: string): RunRecord | null {
    const run = this.#runs.get(runId);
    return run === undefined ? null : recordOf(run);
  }

  listRuns(query: RunQuery): readonly RunRecord[] {
    const { prefix = "", status, parent, ready } = query;
    const found = [...this.#runs.values()].filter((run) => {
      const { record } = run;
      if (status !== undefined && record.status !== status) return false;
      if (parent !== undefined && record.lineage?.parent !== parent) return false;
      return record.runId.startsWith(prefix) && (ready === undefined || isReady(run, ready.atMs));
    });
    return found
      .reverse() // newest first: the map holds them in the order they were made
      .slice(0, atLeastNone(query.limit ?? DEFAULT_LIST_LIMIT))
      .map(recordOf);
  }

  planOf(runId: string): Plan {
    return this.#runOf(runId).plan;
  }

  appendToThread(exchange: ThreadExchange): void {
    this.#runOf(exchange.runId);
    this.#threads.append(exchange);
  }

  readThread(thread: string): readonly ThreadExchange[] {
    return this.#threads.read(thread);
  }

  post(letter: NewLetter): number {
    const { record, letters } = this.#runOf(letter.runId);
    if (isTerminal(record.status)) throw runHasEnded(letter.runId, record.status);
    const id = ++this.#lastLetter;
    letters.push({ ...letter, id });
    return id;
  }

  letters(runId: string, afterId: number): readonly Letter[] {
    const letters = this.#runs.get(runId)?.letters ?? [];
    return letters.length === 0 ? letters : letters.filter(({ id }) => id > afterId);
  }

  newestLetter(): number {
    return this.#lastLetter;
  }

  /** Nothing to let go of: whoever still holds the store may read what has been. */
  close(): void {}

  #runOf(runId: string): MemoryRun {
    const run = this.#runs.get(runId);
    if (run === undefined) throw runNotFound(runId);
    return run;
  }

  #entriesOf(runId: string): readonly Entry[] {
    return this.#runs.get(runId)?.entries ?? [];
  }
}

function newRecord(run: NewRun): RunRecord {
  return {
    runId: run.runId,
    pipeline: run.plan.name,
    version: run.plan.version,
    status: "running",
    planHash: run.plan.hash,
    source: run.source,
    owner: run.owner,
    epoch: 1,
    pauses: [],
    wakeAtMs: null,
    lineage: run.lineage,
    usage: NO_USAGE,
    cost: FREE,
    createdAtMs: run.createdAtMs,
    updatedAtMs: run.createdAtMs,
  };
}

/** The record of a run that nobody has any more. Written out: every run comes here once, and a copy by spreading is slow. */
function atRest(record: RunRecord, rest: RunRest): RunRecord {
  return {
    runId: record.runId,
    pipeline: record.pipeline,
    version: record.version,
    status: rest.status,
    planHash: record.planHash,
    source: record.source,
    owner: null,
    epoch: record.epoch,
    pauses: rest.pauses,
    wakeAtMs: rest.wakeAtMs,
    lineage: record.lineage,
    usage: rest.usage,
    cost: rest.cost,
    createdAtMs: record.createdAtMs,
    updatedAtMs: rest.atMs,
  };
}

/** Whether a run that is paused can go on: its time has come, or a letter that it has not had. */
function isReady({ record, letters, lastLetter }: MemoryRun, atMs: number): boolean {
  if (record.status !== "paused") return false;
  return (record.wakeAtMs !== null && record.wakeAtMs <= atMs) || (letters.at(-1)?.id ?? 0) > lastLetter;
}

/** A commit leaves the record alone, so that it costs no more than its rows; the last entry tells when the run last moved. */
function recordOf({ record, entries }: MemoryRun): RunRecord {
  const last = entries.at(-1)?.atMs ?? 0;
  return last > record.updatedAtMs ? { ...record, updatedAtMs: last } : record;
}

/** All or none, in the order of seq whatever order they come in. Nearly always they come after all that is there. */
function append(entries: Entry[], rows: readonly JournalRow[], runId: string): void {
  if (comeAfter(entries, rows)) {
    for (const row of rows) entries.push(row as Entry); // the same cast
    return;
  }
  const added = (isInOrder(rows) ? rows : rows.toSorted((a, b) => a.seq - b.seq)) as readonly Entry[]; // the one cast: `record` gave the entry itself
  let before = -1;
  for (const { seq } of added) {
    if (seq === before || entries[placeOf(entries, seq)]?.seq === seq) throw seqTaken(runId, seq);
    before = seq;
  }
  for (const entry of added) {
    const place = placeOf(entries, entry.seq);
    if (place === entries.length) entries.push(entry);
    else entries.splice(place, 0, entry);
  }
}

/** Nearly always: in the order of seq, after all that is there. */
function comeAfter(entries: readonly Entry[], rows: readonly JournalRow[]): boolean {
  let before = entries.at(-1)?.seq ?? -1;
  for (const { seq } of rows) {
    if (seq <= before) return false;
    before = seq;
  }
  return true;
}

function isInOrder(rows: readonly JournalRow[]): boolean {
  let before = -1;
  for (const { seq } of rows) {
    if (seq < before) return false;
    before = seq;
  }
  return true;
}

/** Where in the list, which is in the order of seq, the first entry of this seq or a later one stands. */
function placeOf(entries: readonly Entry[], seq: number): number {
  let low = 0;
  let high = entries.length;
  if ((entries[high - 1]?.seq ?? -1) < seq) return high; // at the end, nearly always
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.seq ?? Number.POSITIVE_INFINITY) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function atLeastNone(limit: number): number {
  return Math.max(0, limit);
}
