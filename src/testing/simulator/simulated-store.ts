import { FlujoError, messageOf } from "../../base/errors.ts";
import type { Eventually, JournalRow, JournalStore } from "../../journal/port.ts";
import type { CacheBackend } from "../../model/cache-backend.ts";
import type { Entry } from "../../model/entry.ts";
import type { Owner } from "../../model/run-record.ts";
import type { Agenda } from "./agenda.ts";
import type { Draws } from "./draws.ts";
import type { Crash, Fate } from "./fate.ts";
import type { Ledger } from "./ledger.ts";
import type { SimulatedProcess } from "./process.ts";
import { never } from "./process.ts";
import type { Trace } from "./trace.ts";
import { entryInWords } from "./words.ts";

/** How long the store of a history takes to answer: at once as the store in memory, or up to so many milliseconds a write. */
export type Pace = { readonly kind: "at-once" } | { readonly kind: "later"; readonly maxMs: number };

/** What all processes of a history have in common that reach its store. */
export interface StoreSurroundings {
  /** What is behind it. It must answer at once. */
  readonly inner: JournalStore;
  readonly pace: Pace;
  readonly draws: Draws;
  readonly agenda: Agenda;
  readonly fate: Fate;
  readonly trace: Trace;
  /** Of the run that the history is about. */
  readonly ledger: Ledger;
  readonly runId: string;
  readonly isAlive: (owner: Owner) => boolean;
  /** Called when a write is the last thing a process did. */
  readonly onDeath: (process: SimulatedProcess, crash: Crash) => void;
  /** Called when waits have been written down. */
  readonly onWaits: (entries: readonly Entry[]) => void;
  /** Counts the writes of all processes, and everything that is asked. */
  readonly counts: { writes: number; pulse: number };
}

/** An entry as it is on its way to the store. */
interface SimulatedRow extends JournalRow {
  readonly entry: Entry;
  readonly row: JournalRow;
}

/**
 * What the store is to a dead process. `silent` to the run that it was driving: nothing of that goes on. `refuses` what it asked for
 * around the run: whoever goes on looking whether the process has the run by now would look for ever, for all that it is dead.
 */
type InDeath = "silent" | "refuses";

interface Write<T> {
  readonly inDeath: InDeath;
  readonly words: () => string;
  readonly doIt: () => T;
  readonly noted: (made: T) => void;
}

/** The store as one process sees it: its writes may be its last, and when it is dead it is told nothing any more. */
export function storeOf(process: SimulatedProcess, around: StoreSurroundings): JournalStore {
  const { inner } = around;
  const writer = new Writer(process, around);
  const record = (entry: Entry): SimulatedRow => ({ seq: entry.seq, entry, row: inner.record(entry) });
  const cache = inner.cache === undefined ? {} : { cache: seenBy(process, inner.cache) };
  return { name: inner.name, record, ...runWrites(writer), ...otherWrites(writer), ...reads(writer), ...cache, close: () => undefined };
}

/** What is kept outlives whoever has kept it; who waits for whom does not: each process has it for its own. */
function seenBy(process: SimulatedProcess, cache: CacheBackend): CacheBackend {
  return {
    name: cache.name,
    get: (key) => cache.get(key),
    set: (key, kept) => (process.isAlive ? cache.set(key, kept) : undefined),
  };
}

/** The writes that fate counts, and what the ledger must know of them. */
function runWrites(writer: Writer): Pick<JournalStore, "createRun" | "claimRun" | "commit"> {
  const { process, around } = writer;
  const { inner, ledger, runId, isAlive, onWaits } = around;
  return {
    createRun: (run, rows) => {
      process.owner = run.owner;
      return writer.write({
        inDeath: "refuses",
        words: () => `makes the run: ${inWords(rows)}`,
        doIt: () => inner.createRun(run, rowsOf(rows)),
        noted: () => {
          if (run.runId !== runId) return;
          ledger.claimed();
          ledger.take(entriesOf(rows), undefined);
          process.found = 0;
        },
      });
    },
    claimRun: (request) => {
      process.owner = request.owner;
      return writer.write({
        inDeath: "refuses",
        words: () => "takes the run over",
        doIt: () => inner.claimRun({ ...request, isAlive }),
        noted: () => {
          if (request.runId !== runId) return;
          ledger.claimed();
          process.found = ledger.entries.length;
        },
      });
    },
    commit: (request) => {
      const { rows, rest, lease } = request;
      return writer.write({
        inDeath: rest?.lastLetter === null ? "refuses" : "silent", // a run that comes to rest by itself says what it has read
        words: () => [...(rows.length === 0 ? [] : [inWords(rows)]), ...(rest === undefined ? [] : [`rest: ${rest.status}`])].join("; "),
        doIt: () => inner.commit({ ...request, rows: rowsOf(rows) }),
        noted: () => {
          if (lease.runId !== runId) return;
          const entries = entriesOf(rows);
          ledger.take(entries, rest);
          onWaits(entries);
        },
      });
    },
  };
}

function otherWrites(writer: Writer): Pick<JournalStore, "appendToThread" | "post"> {
  const { inner, ledger, runId } = writer.around;
  return {
    appendToThread: (exchange) =>
      writer.write({
        inDeath: "silent",
        words: () => `adds to the thread ${exchange.thread}`,
        doIt: () => inner.appendToThread(exchange),
        noted: () => undefined,
      }),
    post: (letter) =>
      writer.write({
        inDeath: "refuses",
        words: () => `posts ${letter.kind} ${letter.name}`,
        doIt: () => inner.post(letter),
        noted: (id) => {
          if (letter.runId === runId && typeof id === "number") ledger.posted(id);
        },
      }),
  };
}

function reads(
  writer: Writer,
): Omit<JournalStore, "name" | "record" | "createRun" | "claimRun" | "commit" | "appendToThread" | "post" | "close"> {
  const { inner } = writer.around;
  return {
    openEntries: (id) => writer.read(() => inner.openEntries(id)),
    entries: (query) => writer.read(() => inner.entries(query)),
    entriesAt: (id, seqs) => writer.read(() => inner.entriesAt(id, seqs)),
    findRun: (id) => writer.read(() => inner.findRun(id)),
    listRuns: (query) => writer.read(() => inner.listRuns(query)),
    planOf: (id) => writer.read(() => inner.planOf(id)),
    readThread: (thread) => writer.read(() => inner.readThread(thread), "silent"),
    letters: (id, afterId) => writer.read(() => inner.letters(id, afterId)),
    newestLetter: () => writer.read(() => inner.newestLetter(), "silent"),
  };
}

function rowsOf(rows: readonly JournalRow[]): readonly JournalRow[] {
  return (rows as readonly SimulatedRow[]).map(({ row }) => row); // `record` above made them
}

function entriesOf(rows: readonly JournalRow[]): readonly Entry[] {
  return (rows as readonly SimulatedRow[]).map(({ entry }) => entry);
}

function inWords(rows: readonly JournalRow[]): string {
  return entriesOf(rows)
    .map((entry) => `${entry.seq} ${entryInWords(entry)}`)
    .join(", ");
}

/** One process's way to the store. Where writes take time, they get there one after the other. */
class Writer {
  readonly process: SimulatedProcess;
  readonly around: StoreSurroundings;
  /** Writes under way; the first is the one that gets there next. */
  readonly #queue: (() => void)[] = [];

  constructor(process: SimulatedProcess, around: StoreSurroundings) {
    this.process = process;
    this.around = around;
  }

  read<T>(ask: () => Eventually<T>, inDeath: InDeath = "refuses"): Eventually<T> {
    const { counts, pace } = this.around;
    counts.pulse++;
    if (!this.process.isAlive) return this.#lost(inDeath);
    return pace.kind === "at-once" ? ask() : (async () => ask())();
  }

  write<T>(write: Write<T>): T | Promise<Awaited<T>> {
    const { counts, pace } = this.around;
    counts.pulse++;
    if (!this.process.isAlive) return this.#lost(write.inDeath);
    if (pace.kind === "at-once") return this.#settled(write);
    return new Promise((resolve, reject) => {
      const arrived = this.process.onDeath(() => void (write.inDeath === "refuses" && reject(this.#refusal())));
      const getThere = (): void => {
        arrived();
        try {
          resolve(this.#settled(write) as Awaited<T>);
        } catch (error) {
          reject(error);
        }
        this.#queue.shift();
        this.#begin(pace.maxMs);
      };
      this.#queue.push(getThere);
      if (this.#queue.length === 1) this.#begin(pace.maxMs);
    });
  }

  #begin(maxMs: number): void {
    const next = this.#queue[0];
    if (next !== undefined) this.process.work(this.around.draws.int(maxMs + 1), next);
  }

  /** The moment in which a write is done, or the process dies of it. */
  #settled<T>(write: Write<T>): T | Promise<Awaited<T>> {
    const { counts, fate, onDeath } = this.around;
    const process = this.process;
    if (process.doom !== null) {
      onDeath(process, process.doom);
      return this.#lost(write.inDeath);
    }
    const number = ++counts.writes;
    const kind = fate.of(number);
    const crash = kind === null ? null : { write: number, kind };
    if (crash?.kind === "lost") {
      this.#note(`write ${number} is lost`, write);
      onDeath(process, crash);
      return this.#lost(write.inDeath);
    }
    const made = this.#do(number, write);
    if (crash?.kind === "untold") {
      onDeath(process, crash);
      return this.#lost(write.inDeath);
    }
    process.doom = crash;
    return made;
  }

  #lost<T>(inDeath: InDeath): Promise<T> {
    return inDeath === "silent" ? never() : Promise.reject(this.#refusal());
  }

  #refusal(): FlujoError {
    return new FlujoError("lease_lost", `${this.process.name} is dead.`);
  }

  #do<T>(number: number, write: Write<T>): T {
    try {
      const made = write.doIt();
      write.noted(made);
      this.#note(`write ${number}`, write);
      return made;
    } catch (error) {
      this.#note(`write ${number} is refused (${messageOf(error)})`, write);
      throw error;
    }
  }

  #note(what: string, { words }: { readonly words: () => string }): void {
    this.around.trace.add(this.process.name, () => `${what}: ${words()}`);
  }
}
