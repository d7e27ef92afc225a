import { nextTurn } from "../../base/system.ts";
import type { Eventually } from "../port.ts";
import { backOff } from "./back-off.ts";
import { isBusy } from "./faults.ts";

/** One write, all of it or nothing. */
export interface Write {
  /** Writes of one run stay in their order; where one fails, those waiting behind it fail with it. */
  readonly runId: string;
  /** In a transaction of somebody else's, with other writes before and after it. A refusal is a throw before anything was written. */
  within(): void;
  /** On its own, in as few steps as it needs. */
  alone(): void;
}

/** How a transaction is held around writes, and which errors are mere refusals. */
export interface Transactions {
  begin(): void;
  commit(): void;
  /** Safe to call where no transaction is open. */
  rollback(): void;
  /** Whether a write refused before it wrote anything, so that others may go on in the same transaction. */
  isRefusal(error: unknown): boolean;
}

interface Waiting {
  readonly write: Write;
  readonly settle: (outcome: Outcome) => void;
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

interface Attempted {
  /** By the place of the write in the batch. */
  readonly outcomes: readonly (Outcome | null)[];
  /** The error of the lock, where one was met. */
  readonly busy: unknown;
}

const DONE: Outcome = { ok: true };

/**
 * The writes of one connection, in order. Three modes:
 *
 * - *direct*: nothing waits, and one run is being written. A write happens at once, without a promise.
 * - *shared*: several runs are being written. Writes gather until the event loop has no other work ready (setImmediate,
 *   never a timer, which would make a lone write wait), then all go to disk in one transaction, each accepted or refused
 *   on its own.
 * - *backing off*: another process holds the lock. Writes gather and are tried again, without blocking the event loop,
 *   for `patienceMs` in all.
 */
export class WriteQueue {
  readonly #transactions: Transactions;
  readonly #patienceMs: number;
  #waiting: Waiting[] = [];
  #drained: Promise<void> | null = null;

  constructor(transactions: Transactions, patienceMs: number) {
    this.#transactions = transactions;
    this.#patienceMs = patienceMs;
  }

  /** At once, if it may go alone and nothing waits; with the next shared transaction otherwise. */
  write(write: Write, mayGoAlone: boolean): Eventually<void> {
    if (mayGoAlone && this.#drained === null) {
      try {
        write.alone();
        return;
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
    }
    return this.#enqueue(write);
  }

  /** When everything that waits now has been written or refused. */
  async idle(): Promise<void> {
    await this.#drained;
  }

  #enqueue(write: Write): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ write, settle: (outcome) => (outcome.ok ? resolve() : reject(outcome.error)) });
      this.#drained ??= this.#drain();
    });
  }

  async #drain(): Promise<void> {
    let waitedMs = 0;
    while (this.#waiting.length > 0) {
      await nextTurn();
      const batch = this.#waiting;
      this.#waiting = [];
      const { outcomes, busy } = this.#writeAll(batch);
      const last: Outcome | null = busy !== null && waitedMs >= this.#patienceMs ? { ok: false, error: busy } : null;
      // Nothing has come in since: all this is one turn of the event loop.
      this.#waiting = batch.filter(({ settle }, index) => {
        const outcome = outcomes[index] ?? last;
        if (outcome !== null) settle(outcome);
        return outcome === null;
      });
      waitedMs = this.#waiting.length > 0 ? await backOff(waitedMs) : 0;
    }
    this.#drained = null;
  }

  /** Null stands for a write that found the file locked. */
  #writeAll(batch: readonly Waiting[]): Attempted {
    if (batch.length === 1) return this.#writeEach(batch);
    try {
      return { outcomes: this.#writeShared(batch), busy: null };
    } catch (error) {
      this.#transactions.rollback();
      if (isBusy(error)) return { outcomes: [], busy: error };
      return this.#writeEach(batch); // one of them broke the transaction for all: alone, each has an outcome of its own
    }
  }

  #writeShared(batch: readonly Waiting[]): readonly Outcome[] {
    const failed = new Map<string, Outcome>();
    this.#transactions.begin();
    const outcomes = batch.map(({ write }) => {
      const before = failed.get(write.runId);
      if (before !== undefined) return before;
      try {
        write.within();
        return DONE;
      } catch (error) {
        if (!this.#transactions.isRefusal(error)) throw error;
        return fail(failed, write, error);
      }
    });
    this.#transactions.commit();
    return outcomes;
  }

  #writeEach(batch: readonly Waiting[]): Attempted {
    const failed = new Map<string, Outcome>();
    let busy: unknown = null;
    const outcomes = batch.map(({ write }) => {
      const before = failed.get(write.runId);
      if (before !== undefined) return before;
      if (busy !== null) return null;
      try {
        write.alone();
        return DONE;
      } catch (error) {
        if (!isBusy(error)) return fail(failed, write, error);
        busy = error;
        return null;
      }
    });
    return { outcomes, busy };
  }
}

function fail(failed: Map<string, Outcome>, write: Write, error: unknown): Outcome {
  const outcome: Outcome = { ok: false, error };
  failed.set(write.runId, outcome);
  return outcome;
}
