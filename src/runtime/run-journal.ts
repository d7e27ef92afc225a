import { ERRORS, FlujoError } from "../base/errors.ts";
import type { CommitRequest, JournalRow, JournalStore, RunLease } from "../journal/port.ts";
import type { Decision, Entry, OperationFinished, Recorded } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import type { RunRest } from "../model/run-record.ts";
import { inSpokenWords } from "../serialize/spoken-place.ts";
import { having, NOTHING } from "./short-list.ts";

/** Hears of entries after they were committed, in the order of their seq. */
export type EntryListener = (entries: readonly Entry[]) => void;

/** What a {@link RunJournal} works with. */
export interface JournalParts {
  readonly store: JournalStore;
  readonly lease: RunLease;
  readonly nextSeq: number;
  /** Passes every outcome through the codec, so that memory and durable mode cannot differ; null where that is off. */
  readonly roundTrip: ((value: unknown, where: string) => unknown) | null;
  /** Null where nobody listens: then nothing is kept for listeners. */
  readonly onEntries: EntryListener | null;
}

/**
 * One run's pen. Entries are numbered when they are added, and written together: `commit` is one atomic step of the
 * store. Decisions wait for the next commit (design law 5); everything else says that one is due.
 */
export class RunJournal {
  readonly #parts: JournalParts;
  #nextSeq: number;
  #rows: JournalRow[] = NOTHING;
  #told: Entry[] = NOTHING;
  #decisions: Decision[] = NOTHING;
  #isDue = false;

  constructor(parts: JournalParts) {
    this.#parts = parts;
    this.#nextSeq = parts.nextSeq;
  }

  get lease(): RunLease {
    return this.#parts.lease;
  }

  /** Whether there is something that must be written before the next operation starts. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** Says that decisions, too, must be written now: an operation with an intent is about to start. */
  pressDecisions(): void {
    if (this.#decisions.length > 0) this.#isDue = true;
  }

  takeSeq(): number {
    return this.#nextSeq++;
  }

  /** Adds an entry whose values are known to be storable or are nobody's output. */
  add(entry: Entry): void {
    this.#rows = having(this.#rows, this.#parts.store.record(entry));
    if (this.#parts.onEntries !== null) this.#told = having(this.#told, entry);
    this.#isDue = true;
  }

  /** Adds an outcome. One that cannot be stored is recorded as the failure that it is. */
  addOutcome(entry: OperationFinished): OperationFinished {
    try {
      const kept = this.#parts.roundTrip === null ? entry : { ...entry, outcome: this.#through(entry.outcome, entry.key) };
      this.add(kept);
      return kept;
    } catch (error) {
      const failed = { ...entry, outcome: unstorable(entry, error) };
      this.add(failed);
      return failed;
    }
  }

  /** Adds a decision; it is written with the next entry. */
  addDecision(decision: Decision): Decision {
    let kept = decision;
    try {
      if (this.#parts.roundTrip !== null) kept = { ...decision, outcome: this.#through(decision.outcome, decision.key) };
      if (!isStorable(kept.outcome))
        this.#parts.store.record({ type: "decisions-made", seq: decision.seq, atMs: decision.atMs, key: decision.key, decisions: [kept] });
    } catch (error) {
      kept = { ...decision, outcome: unstorable(decision, error) };
    }
    this.#decisions = having(this.#decisions, kept);
    return kept;
  }

  #through(outcome: Recorded, where: string): Recorded {
    const { roundTrip } = this.#parts;
    if (roundTrip === null) return outcome;
    try {
      return (roundTrip({ outcome }, where) as { readonly outcome: Recorded }).outcome;
    } catch (error) {
      throw inSpokenWords(error, { outcome }, where);
    }
  }

  /** Writes what was added since the last time. Gives a promise only where the store needs time. */
  commit(rest?: RunRest): void | Promise<void> {
    this.#foldDecisions();
    const request: CommitRequest =
      rest === undefined ? { lease: this.lease, rows: this.#rows } : { lease: this.lease, rows: this.#rows, rest };
    const told = this.#told;
    this.#rows = NOTHING;
    this.#told = NOTHING;
    this.#isDue = false;
    const written = this.#parts.store.commit(request);
    if (written instanceof Promise) return written.then(() => this.#tell(told));
    this.#tell(told);
  }

  #foldDecisions(): void {
    const last = this.#decisions.at(-1);
    const first = this.#decisions[0];
    if (last === undefined || first === undefined) return;
    this.add({ type: "decisions-made", seq: last.seq, atMs: last.atMs, key: first.key, decisions: this.#decisions });
    this.#decisions = NOTHING;
  }

  #tell(entries: Entry[]): void {
    if (entries.length === 0) return;
    this.#parts.onEntries?.(isInOrder(entries) ? entries : entries.sort((a, b) => a.seq - b.seq));
  }
}

/** What most decisions are: yes or no, which any store takes. Whether it takes anything else is found out by writing it. */
function isStorable(outcome: Recorded): boolean {
  return outcome.status === "succeeded" && (outcome.value === null || typeof outcome.value === "boolean") && outcome.writes === undefined;
}

/** Nearly always: sorting what is in order already would cost every step. */
function isInOrder(entries: readonly Entry[]): boolean {
  for (let at = 1; at < entries.length; at++) if ((entries[at - 1]?.seq ?? 0) > (entries[at]?.seq ?? 0)) return false;
  return true;
}

function unstorable(entry: { readonly key: OperationFinished["key"]; readonly outcome: Recorded }, error: unknown): Recorded {
  if (!FlujoError.is(error, "value_unstorable")) throw error;
  const remedy = error.remedy === ERRORS.value_unstorable.remedy ? {} : { remedy: error.remedy };
  const failure: Failure = { code: "value_unstorable", message: error.summary, path: entry.key, retryable: false, ...remedy };
  const { usage, cost } = entry.outcome; // the value is lost, what it cost is not
  return { status: "failed", failure, ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
}
