import type { JournalStore } from "../../../src/journal/port.ts";

/** A promise that nobody will ever keep. */
function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** A store as a process sees it that dies at some commit: from then on it is told nothing, and nothing it does gets there. */
export interface CrashingStore {
  readonly store: JournalStore;
  /** Kept when the process has died. */
  readonly crashed: Promise<"crashed">;
  /** Commits so far; the making of a run is one. */
  readonly commits: number;
}

/** @param lastCommit - The number of the last commit that gets there, from 0; null for a process that lives. */
export function crashingStore(inner: JournalStore, lastCommit: number | null): CrashingStore {
  const { promise, resolve } = Promise.withResolvers<"crashed">();
  let commits = 0;
  let isDead = false;
  const around = <T>(work: () => T | Promise<T>): T | Promise<T> => {
    if (isDead) return never();
    const made = work();
    if (commits++ !== lastCommit) return made;
    isDead = true;
    resolve("crashed");
    return never();
  };
  const store: JournalStore = {
    name: inner.name,
    record: (entry) => inner.record(entry),
    createRun: (run, rows) => around(() => inner.createRun(run, rows)),
    claimRun: (request) => inner.claimRun({ ...request, isAlive: () => false }), // whoever had it before is dead
    commit: (request) => around(() => inner.commit(request)),
    openEntries: (runId) => inner.openEntries(runId),
    entries: (query) => inner.entries(query),
    entriesAt: (runId, seqs) => inner.entriesAt(runId, seqs),
    findRun: (runId) => inner.findRun(runId),
    listRuns: (query) => inner.listRuns(query),
    planOf: (runId) => inner.planOf(runId),
    appendToThread: (exchange) => around(() => inner.appendToThread(exchange)),
    readThread: (thread) => inner.readThread(thread),
    post: (letter) => inner.post(letter),
    letters: (runId, afterId) => inner.letters(runId, afterId),
    newestLetter: () => inner.newestLetter(),
    close: () => undefined,
  };
  return {
    store,
    crashed: promise,
    get commits() {
      return commits;
    },
  };
}
