import type { Clock } from "../base/clock.ts";
import type { JournalStore } from "../journal/port.ts";
import { retellProgress } from "../model/live-progress.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunRecord } from "../model/run-record.ts";
import { EventBuffer } from "./event-buffer.ts";
import { leavable } from "./leavable.ts";
import type { LiveRun } from "./live-run.ts";
import type { EventsOptions } from "./options.ts";

/** How many entries are read from the store in one go. */
const PAGE = 200;
/** With more unread entries than this, what is held is let go of, and read from the store again when the reader gets there. */
const MOST_ENTRIES = 1_000;
/** How long to wait before looking again what another process has written: at first, and at most, in milliseconds. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** What one reader of a run's events works with. */
export interface RunEventsParts extends EventsOptions {
  readonly runId: string;
  readonly clock: Clock;
  /** Opens the store. @throws {FlujoError} `flujo_closed`, `state_unreadable`, `state_newer` */
  readonly open: () => Promise<JournalStore>;
  /** What is known of the run. @throws {FlujoError} `run_not_found` */
  readonly record: () => Promise<RunRecord>;
  /** The run, where this process drives it now. */
  readonly live: () => LiveRun | undefined;
  /** Whether somebody goes on with it now. */
  readonly isAtWork: (record: RunRecord) => boolean;
}

/**
 * A run's entries from a seq on, then what happens to it, until it is at rest: without a gap, nothing twice, in the order
 * of seq. The record at that time is what it returns; undefined where it was left before.
 */
export function runEvents(parts: RunEventsParts): AsyncIterable<RunEvent, RunRecord | undefined> {
  return {
    [Symbol.asyncIterator]() {
      const reader = new RunReader(parts);
      return leavable(reader.read(), () => reader.leave());
    },
  };
}

/**
 * One reading. While this process drives the run, it is told of what happens, and reads from the store what it was not
 * told: what was before, and what it had to let go of because it is slow. While another process does, it looks again and
 * again. Either way it holds no more than a page or a buffer.
 */
class RunReader {
  readonly #parts: RunEventsParts;
  #next: number;
  #isLeft = false;
  #wake: (() => void) | null = null;

  constructor(parts: RunEventsParts) {
    this.#parts = parts;
    this.#next = parts.fromSeq ?? 0;
  }

  leave(): void {
    this.#isLeft = true;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<RunEvent, RunRecord | undefined, void> {
    const { signal, live, record, isAtWork } = this.#parts;
    const leave = (): void => this.leave();
    if (signal?.aborted === true) return undefined;
    signal?.addEventListener("abort", leave, { once: true });
    try {
      const store = await this.#parts.open();
      let waitMs = FIRST_WAIT_MS;
      while (!this.#isLeft) {
        const here = live();
        if (here !== undefined) {
          yield* this.#follow(here, store);
          continue;
        }
        const known = await record(); // before its entries: of what is at rest by now, none is missing then
        const before = this.#next;
        yield* this.#stored(store);
        if (!isAtWork(known)) return this.#isLeft ? undefined : known;
        waitMs = this.#next > before ? FIRST_WAIT_MS : Math.min(2 * waitMs, LONGEST_WAIT_MS);
        await this.#pause(waitMs);
      }
      return undefined;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  async *#stored(store: JournalStore): AsyncGenerator<RunEvent, void, void> {
    const { runId } = this.#parts;
    for (;;) {
      const page = await store.entries({ runId, fromSeq: this.#next, limit: PAGE });
      for (const entry of page) {
        if (this.#isLeft) return;
        this.#next = entry.seq + 1;
        yield { family: "entry", runId, entry };
      }
      if (page.length < PAGE) return;
    }
  }

  async *#follow(live: LiveRun, store: JournalStore): AsyncGenerator<RunEvent, void, void> {
    const feed = new Feed(live, () => this.#wake?.());
    try {
      for (;;) {
        feed.catchUp();
        yield* this.#stored(store);
        // The store may have given what the run's watchers are only about to be told. Progress told until then is void.
        while (live.toldSeq < this.#next - 1 && !feed.isOver && !this.#isLeft) await this.#news();
        feed.goLive(this.#parts.runId);
        for (let event = feed.take(); !feed.isBehind; event = feed.take()) {
          if (this.#isLeft) return;
          if (event === undefined) {
            if (feed.isOver) return;
            await this.#news();
          } else if (event.family === "progress") yield event;
          else if (event.entry.seq >= this.#next) {
            this.#next = event.entry.seq + 1;
            yield event;
          }
        }
        if (this.#isLeft) return;
      }
    } finally {
      feed.stop();
    }
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isLeft) return;
    const stop = this.#parts.clock.after(ms, () => this.#wake?.());
    await this.#news();
    stop();
  }
}

/**
 * What a live run tells one reader. While the reader catches up from the store, only entries are kept: progress told then
 * would come after the entry that makes it void. Going live, the reader is told again what is under way.
 */
class Feed {
  readonly #live: LiveRun;
  readonly #buffer = new EventBuffer();
  readonly stop: () => void;
  #isLive = false;
  /** More has come than is kept: the rest is in the store. */
  isBehind = false;
  /** The run is at rest, and nothing more comes. */
  isOver = false;

  constructor(live: LiveRun, onNews: () => void) {
    this.#live = live;
    this.stop = live.watch((event) => {
      this.#take(event);
      onNews();
    });
    const end = (): void => {
      this.isOver = true;
      onNews();
    };
    live.result.then(end, end); // why it cannot go on is told to whoever started it
  }

  catchUp(): void {
    this.#buffer.clear();
    this.#isLive = false;
    this.isBehind = false;
  }

  goLive(runId: string): void {
    if (this.isBehind || this.isOver) return;
    for (const event of retellProgress(this.#live.progress, runId)) this.#buffer.add(event);
    this.#isLive = true;
  }

  take(): RunEvent | undefined {
    return this.#buffer.take();
  }

  #take(event: RunEvent): void {
    if (this.isBehind || (event.family === "progress" && !this.#isLive)) return;
    if (event.family === "entry" && this.#buffer.unreadEntries >= MOST_ENTRIES) {
      this.isBehind = true;
      this.#buffer.clear();
    } else this.#buffer.add(event);
  }
}
