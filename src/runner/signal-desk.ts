import { FlujoError, messageOf } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { Entry } from "../model/entry.ts";
import { isLate } from "../model/in-time.ts";
import type { Letter } from "../model/letter.ts";
import type { InstancePath } from "../model/path.ts";
import type { Pause } from "../model/run-result.ts";
import type { Operations } from "../runtime/operations.ts";
import type { RunJournal } from "../runtime/run-journal.ts";

/** What a value that somebody sent is made of by the code now loaded. @throws {FlujoError} `answer_invalid`, `value_unstorable` */
export type CheckSignal = (pause: Pause, value: unknown) => Promise<unknown>;

/** What a {@link SignalDesk} works with. */
export interface SignalDeskParts {
  readonly runId: string;
  /** The root's key. */
  readonly key: InstancePath;
  /** What was in the run's mailbox when this process took it over. */
  readonly letters: readonly Letter[];
  /** What is on record: which of them were taken. */
  readonly entries: readonly Entry[];
  readonly check: CheckSignal;
  readonly operations: Operations;
  readonly journal: RunJournal;
  readonly clock: Clock;
}

/**
 * The signals that a live run was sent and has not taken. One answers the oldest pause of its name that is open, or the
 * next that opens; a pause takes none that was posted after its time. It is taken once and for all by an entry in the commit that holds the answer; one that does not fit is
 * dropped, by an entry too.
 */
export class SignalDesk {
  readonly #parts: SignalDeskParts;
  readonly #pending: Letter[];
  /** The pauses for which a letter is being looked at. */
  readonly #looking = new Set<InstancePath>();

  constructor(parts: SignalDeskParts) {
    this.#parts = parts;
    const taken = new Set(parts.entries.flatMap((entry) => (entry.type === "signal-taken" ? [entry.letter] : [])));
    this.#pending = parts.letters.filter(({ kind, id }) => kind === "signal" && !taken.has(id));
  }

  /** A signal has come. */
  deliver(letter: Letter): void {
    this.#pending.push(letter);
    const pause = this.#parts.operations.waits.pauses.find((each) => isFor(letter, each) && !this.#looking.has(each.id));
    if (pause !== undefined) this.offer(pause);
  }

  /** A pause is open: is there a signal for it? While one is looked at, the run does not come to rest. Whether there is. */
  offer(pause: Pause): boolean {
    const { operations, check } = this.#parts;
    const at = this.#pending.findIndex((letter) => isFor(letter, pause));
    const letter = this.#pending[at];
    if (letter === undefined || this.#looking.has(pause.id) || !operations.waits.hold(pause.id)) return false;
    this.#pending.splice(at, 1);
    this.#looking.add(pause.id);
    check(pause, letter.value).then(
      (value) => this.#looked(pause, letter, { fits: true, value }),
      (error: unknown) => this.#looked(pause, letter, { fits: false, problem: FlujoError.is(error) ? error.summary : messageOf(error) }),
    );
    return true;
  }

  #looked(pause: Pause, letter: Letter, verdict: Verdict): void {
    const { runId, key, operations, journal, clock } = this.#parts;
    this.#looking.delete(pause.id);
    if (!operations.waits.hold(pause.id)) return this.#putBack(letter); // it was answered otherwise, or the run was called off
    const { id, name } = letter;
    const problem = verdict.fits ? null : verdict.problem;
    const about = { letter: id, name, pause: pause.id, problem };
    journal.add({ type: "signal-taken", seq: journal.takeSeq(), atMs: clock.now(), key, ...about });
    if (verdict.fits) {
      operations.waits.answer(pause.id, verdict.value);
      return;
    }
    process.emitWarning(`Run ${runId} has dropped the signal "${name}": ${verdict.problem}`, "FlujoWarning");
    if (!this.offer(pause)) operations.waits.letGo(pause.id); // the next may have come in time, although the time is over by now
  }

  #putBack(letter: Letter): void {
    this.#pending.unshift(letter);
    this.#pending.sort((a, b) => a.id - b.id);
    const pause = this.#parts.operations.waits.pauses.find((each) => isFor(letter, each) && !this.#looking.has(each.id));
    if (pause !== undefined) this.offer(pause);
  }
}

type Verdict = { readonly fits: true; readonly value: unknown } | { readonly fits: false; readonly problem: string };

/** Whether a signal is for a pause: it has its name or its id, and was posted in its time. */
export function isFor({ name, atMs }: Pick<Letter, "name" | "atMs">, pause: Pick<Pause, "id" | "name" | "waitsFor" | "wakeAtMs">): boolean {
  return isNamed(name, pause) && !isLate(atMs, pause);
}

/** A signal is meant for every pause of its name, or for the one whose id it names; a sleep waits for none. */
export function isNamed(name: string, pause: Pick<Pause, "id" | "name" | "waitsFor">): boolean {
  return pause.waitsFor !== "time" && (pause.name === name || pause.id === name);
}
