import type { Entry } from "../../model/entry.ts";
import type { RunRest } from "../../model/run-record.ts";
import type { RunStatus } from "../../model/run-result.ts";

/** What the store was given for one run, as whoever gave it knows: what it must have afterwards. */
export class Ledger {
  readonly #entries: Entry[] = [];
  /** Null where there is no run yet. */
  status: RunStatus | null = null;
  /** When it can go on by itself, in milliseconds since 1970; null where nothing but an answer helps. */
  wakeAtMs: number | null = null;
  #lastLetter = 0;
  /** The last letter that it has had for sure. */
  #knownLetter = 0;

  /** Everything that was committed, in the order of the commits, and in the order of seq within one. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Whether a letter lies there that it may not know. */
  get hasLetter(): boolean {
    return this.#lastLetter > this.#knownLetter;
  }

  /** A commit got there. */
  take(entries: readonly Entry[], rest: RunRest | undefined): void {
    this.#entries.push(...(entries.length < 2 ? entries : entries.toSorted((a, b) => a.seq - b.seq)));
    if (rest === undefined) return;
    this.status = rest.status;
    this.wakeAtMs = rest.wakeAtMs;
    this.#knownLetter = rest.lastLetter ?? this.#knownLetter;
  }

  /** A process has it now, and reads its letters next. */
  claimed(): void {
    this.status = "running";
    this.wakeAtMs = null;
    this.#knownLetter = this.#lastLetter;
  }

  posted(letter: number): void {
    this.#lastLetter = letter;
  }
}
