import type { Clock } from "../base/clock.ts";
import type { Op } from "../core/program.ts";
import type { RunLease } from "../journal/port.ts";
import type { Entry } from "../model/entry.ts";
import type { LiveProgress } from "../model/live-progress.ts";
import { ProgressFold } from "../model/live-progress.ts";
import type { InstancePath } from "../model/path.ts";
import type { Progress, ProgressEvent, RunEvent } from "../model/run-event.ts";
import type { ProgressListener } from "../runtime/fibre.ts";

/** What {@link RunWatchers} are made with. */
export interface WatcherParts {
  readonly lease: RunLease;
  readonly clock: Clock;
  /** The seq of the last entry that is on record already. */
  readonly toldSeq: number;
  /** The first of them, or null. */
  readonly onEvent: ((event: RunEvent) => void) | null;
}

/** Those who watch a run: told of entries after they were committed, and of progress in between. They must not throw. */
export class RunWatchers {
  readonly #parts: WatcherParts;
  readonly #watchers = new Set<(event: RunEvent) => void>();
  readonly #progress = new ProgressFold();
  /** Operations that have begun and told nothing more, by their paths; {@link #progress} is told of them when somebody looks. */
  readonly #begun = new Map<InstancePath, ProgressEvent>();
  readonly onProgress: ProgressListener = (op, progress) => this.#tellProgress(op, progress);
  #toldSeq: number;
  /** How much progress was told of. */
  #told = 0;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.#toldSeq = parts.toldSeq;
    if (parts.onEvent !== null) this.#watchers.add(parts.onEvent);
  }

  /** The seq of the last entry that watchers were told of, or would have been. */
  get toldSeq(): number {
    return this.#toldSeq;
  }

  /** What is going on, as far as it was watched from its beginning. Good until the next event. */
  get progress(): LiveProgress {
    for (const begun of this.#begun.values()) this.#progress.apply(begun);
    this.#begun.clear();
    return this.#progress.progress;
  }

  add(listener: (event: RunEvent) => void): void {
    this.#watchers.add(listener);
  }

  /** Gives how many are left. */
  remove(listener: (event: RunEvent) => void): number {
    this.#watchers.delete(listener);
    return this.#watchers.size;
  }

  tell(entries: readonly Entry[]): void {
    const { runId } = this.#parts.lease;
    for (const entry of entries) {
      this.#toldSeq = entry.seq;
      if (this.#told > 0) this.#void(entry); // with no progress told there is nothing to be void
      if (this.#watchers.size === 0) continue;
      const event: RunEvent = { family: "entry", runId, entry };
      for (const watcher of this.#watchers) watcher(event);
    }
  }

  #tellProgress(op: Op, progress: Progress): void {
    const event = this.#progressOf(op, progress);
    if (event.type !== "operation-started") this.#take(event);
    else if (event.op !== "decide") this.#begun.set(event.path, event); // most end before anybody wants to know
    for (const watcher of this.#watchers) watcher(event);
  }

  #take(event: ProgressEvent): void {
    const begun = this.#begun.get(event.path);
    if (begun !== undefined && this.#begun.delete(event.path)) this.#progress.apply(begun);
    this.#progress.apply(event);
  }

  #void(entry: Entry): void {
    if (entry.type === "operation-finished" && this.#begun.delete(entry.key)) return;
    if (entry.type === "run-finished") this.#begun.clear();
    this.#progress.applyEntry(entry);
  }

  #progressOf(op: Op, progress: Progress): ProgressEvent {
    const { lease, clock } = this.#parts;
    const { runId, epoch } = lease;
    const { key: path, name } = op;
    const attempt = "attempt" in op ? op.attempt : 1;
    const family = "progress";
    const atMs = clock.now();
    const n = this.#told++;
    const { type } = progress;
    // Every step tells that it starts: spreading would cost it more than all the rest.
    if (type === "operation-started") return { family, runId, type, op: progress.op, path, name, attempt, atMs, epoch, n };
    return { family, runId, ...progress, path, name, attempt, atMs, epoch, n };
  }
}
