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
  /** Always another list: whoever is told may stop watching. */
  #watchers: readonly ((event: RunEvent) => void)[] = [];
  /** Made with the first progress that is more than a beginning, or when somebody looks. */
  #progress: ProgressFold | null = null;
  /** The operation that began last, where it has told nothing more; {@link #progress} is told of it when somebody looks. */
  #last: ProgressEvent | null = null;
  /** Those before it of which the same is true, by their paths. */
  #begun: Map<InstancePath, ProgressEvent> | null = null;
  readonly onProgress: ProgressListener = (op, progress, atMs) => this.#tellProgress(this.#progressOf(op, progress, atMs));
  #toldSeq: number;
  /** How much progress was told of. */
  #told = 0;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.#toldSeq = parts.toldSeq;
    if (parts.onEvent !== null) this.#watchers = [parts.onEvent];
  }

  /** The seq of the last entry that watchers were told of, or would have been. */
  get toldSeq(): number {
    return this.#toldSeq;
  }

  /** What is going on, as far as it was watched from its beginning. Good until the next event. */
  get progress(): LiveProgress {
    const fold = (this.#progress ??= new ProgressFold());
    for (const begun of this.#begun?.values() ?? []) fold.apply(begun);
    if (this.#last !== null) fold.apply(this.#last);
    this.#forgetBegun();
    return fold.progress;
  }

  add(listener: (event: RunEvent) => void): void {
    if (!this.#watchers.includes(listener)) this.#watchers = [...this.#watchers, listener];
  }

  /** Gives how many are left. */
  remove(listener: (event: RunEvent) => void): number {
    this.#watchers = this.#watchers.filter((other) => other !== listener);
    return this.#watchers.length;
  }

  tell(entries: readonly Entry[]): void {
    const { runId } = this.#parts.lease;
    for (const entry of entries) {
      this.#toldSeq = entry.seq;
      if (this.#told > 0) this.#void(entry); // with no progress told there is nothing to be void
      if (this.#watchers.length === 0) continue;
      const event: RunEvent = { family: "entry", runId, entry };
      this.#tellAll(event);
    }
  }

  /** Whoever stops watching while others are told hears no more; whoever begins is told of what comes next. */
  #tellAll(event: RunEvent): void {
    const watchers = this.#watchers;
    for (const watcher of watchers) if (watchers === this.#watchers || this.#watchers.includes(watcher)) watcher(event);
  }

  #tellProgress(event: ProgressEvent): void {
    if (event.type !== "operation-started") this.#take(event);
    else if (event.op !== "decide") this.#begin(event); // most end before anybody wants to know
    this.#tellAll(event);
  }

  #take(event: ProgressEvent): void {
    const fold = (this.#progress ??= new ProgressFold());
    const begun = this.#takeBegun(event.path);
    if (begun !== null) fold.apply(begun);
    fold.apply(event);
  }

  #void(entry: Entry): void {
    if (entry.type === "operation-finished" && this.#takeBegun(entry.key) !== null) return;
    if (entry.type === "run-finished") this.#forgetBegun();
    this.#progress?.applyEntry(entry);
  }

  #begin(event: ProgressEvent): void {
    const last = this.#last;
    this.#last = event;
    if (last === null || last.path === event.path) return;
    this.#begun ??= new Map();
    this.#begun.set(last.path, last);
  }

  #takeBegun(path: InstancePath): ProgressEvent | null {
    if (this.#last?.path === path) {
      const begun = this.#last;
      this.#last = null;
      return begun;
    }
    const begun = this.#begun?.get(path);
    this.#begun?.delete(path);
    return begun ?? null;
  }

  #forgetBegun(): void {
    this.#last = null;
    this.#begun = null;
  }

  #progressOf(op: Op, progress: Progress, atMs = this.#parts.clock.now()): ProgressEvent {
    const { lease } = this.#parts;
    const { runId, epoch } = lease;
    const { key: path, name } = op;
    const attempt = "attempt" in op ? op.attempt : 1;
    const family = "progress";
    const n = this.#told++;
    const { type } = progress;
    // Every step tells that it starts: spreading would cost it more than all the rest.
    if (type === "operation-started") return { family, runId, type, op: progress.op, path, name, attempt, atMs, epoch, n };
    return { family, runId, ...progress, path, name, attempt, atMs, epoch, n };
  }
}
