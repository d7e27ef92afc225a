import type { JournalStore, JournalRow } from "../../src/journal/port.ts";
import type { Entry } from "../../src/model/entry.ts";

/** Where a process ends: right before or right after the store has made commit `commit`. The making of the run is commit 0. */
export interface KillPoint {
  readonly when: "before" | "after";
  readonly commit: number;
}

/** What one commit held, for those who decide by that. */
export interface SeenCommit {
  readonly number: number;
  readonly entries: readonly Entry[];
}

/** A store that tells of every commit, before and after it. Everything else is the inner store's business. */
export function watchedStore(inner: JournalStore, watch: (when: "before" | "after", commit: SeenCommit) => void): JournalStore {
  const entryOf = new WeakMap<JournalRow, Entry>();
  let commits = 0;
  const around = <T>(rows: readonly JournalRow[], work: () => T | Promise<T>): T | Promise<T> => {
    const seen: SeenCommit = { number: commits++, entries: rows.flatMap((row) => entryOf.get(row) ?? []) };
    watch("before", seen);
    const made = work();
    if (made instanceof Promise) {
      return made.then((value) => {
        watch("after", seen);
        return value;
      });
    }
    watch("after", seen);
    return made;
  };
  return {
    name: inner.name,
    record: (entry) => {
      const row = inner.record(entry);
      entryOf.set(row, entry);
      return row;
    },
    createRun: (run, rows) => around(rows, () => inner.createRun(run, rows)),
    claimRun: (request) => inner.claimRun(request),
    commit: (request) => around(request.rows, () => inner.commit(request)),
    openEntries: (runId) => inner.openEntries(runId),
    entries: (query) => inner.entries(query),
    entriesAt: (runId, seqs) => inner.entriesAt(runId, seqs),
    findRun: (runId) => inner.findRun(runId),
    listRuns: (query) => inner.listRuns(query),
    planOf: (runId) => inner.planOf(runId),
    appendToThread: (exchange) => inner.appendToThread(exchange),
    readThread: (thread) => inner.readThread(thread),
    post: (letter) => inner.post(letter),
    letters: (runId, afterId) => inner.letters(runId, afterId),
    newestLetter: () => inner.newestLetter(),
    close: () => inner.close(),
  };
}

/** Ends this process with SIGKILL: no handler, no flush, no goodbye. */
export function killThisProcess(): never {
  process.kill(process.pid, "SIGKILL");
  for (;;); // the signal comes from outside of JavaScript; nothing may run until it does
}
