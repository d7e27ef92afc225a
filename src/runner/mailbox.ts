import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { TurnoverMap } from "../base/turnover-map.ts";
import type { JournalStore } from "../journal/port.ts";
import type { Pause } from "../model/run-result.ts";
import type { LiveRun } from "./live-run.ts";
import { isFor } from "./signal-desk.ts";

/** How long a letter of another process may lie before its run hears of it, in milliseconds. */
const LOOK_MS = 100;

/** What a {@link Mailbox} works with. */
export interface MailboxParts {
  readonly clock: Clock;
  readonly live: TurnoverMap<string, LiveRun>;
  /** Whether anybody else can reach the store: where nobody can, it is only looked into when asked to. */
  readonly isShared: boolean;
}

/**
 * Hands live runs what other processes have posted for them. While runs are live it looks again and again, by one timer
 * that keeps no process alive; where nobody has posted anything, a look is one question, however many runs there are.
 */
export class Mailbox {
  readonly #parts: MailboxParts;
  #stopTimer: (() => void) | null = null;
  #isLooking = false;
  /** The newest letter when all runs that are live had theirs. */
  #seen = 0;
  #hasComplained = false;

  constructor(parts: MailboxParts) {
    this.#parts = parts;
  }

  /** A run has become live. */
  watch(store: JournalStore): void {
    this.#seen = -1; // it may have letters that were no news to the others
    this.#lookSoon(store);
  }

  #lookSoon(store: JournalStore): void {
    const { clock, live, isShared } = this.#parts;
    if (!isShared || this.#isLooking || this.#stopTimer !== null || live.size === 0) return;
    const look = (): void => {
      this.#stopTimer = null;
      if (live.size === 0) return; // whatever becomes live next begins anew
      this.#isLooking = true;
      this.#lookAll(store).then(
        () => this.#lookedAll(store),
        (error: unknown) => {
          if (!this.#hasComplained) process.emitWarning(`What was sent to runs cannot be read: ${messageOf(error)}`, "FlujoWarning");
          this.#hasComplained = true;
          this.#seen = -1;
          this.#lookedAll(store);
        },
      );
    };
    this.#stopTimer = clock.after(LOOK_MS, look, { idle: true });
  }

  #lookedAll(store: JournalStore): void {
    this.#isLooking = false;
    this.#lookSoon(store);
  }

  async #lookAll(store: JournalStore): Promise<void> {
    const newest = await store.newestLetter();
    if (newest === this.#seen) return;
    this.#seen = newest;
    for (const [runId, live] of this.#parts.live.entries()) {
      const letters = store.letters(runId, live.lastLetter);
      for (const letter of letters instanceof Promise ? await letters : letters) live.deliver(letter);
    }
  }

  /** Hands a live run what there is for it now. */
  async look(store: JournalStore, runId: string): Promise<void> {
    const live = this.#parts.live.get(runId);
    if (live === undefined) return;
    for (const letter of await store.letters(runId, live.lastLetter)) live.deliver(letter);
  }

  /** Whether something came while a run was coming to rest that lets it go on: an answer to what it waits for, or its end. */
  async hasFor(store: JournalStore, { live, pauses }: { readonly live: LiveRun; readonly pauses: readonly Pause[] }): Promise<boolean> {
    const letters = await store.letters(live.runId, live.lastLetter);
    return letters.some((letter) => letter.kind === "cancel" || pauses.some((pause) => isFor(letter, pause)));
  }

  /** Looks no more. */
  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
  }
}
