import { systemClock } from "../../base/system.ts";
import type { DecideOp, Op } from "../../core/program.ts";
import { abortedFailure } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import { wasToldToStop } from "../../model/failure.ts";
import type { InstancePath } from "../../model/path.ts";
import type { Intent, OpHandle, Performer } from "../../runtime/performer.ts";
import { SeqHeap } from "../../runtime/seq-heap.ts";
import type { GoldenOperation } from "../golden.ts";
import type { AnswerBook } from "./answer-book.ts";
import { recordedOf } from "./answer-book.ts";
import type { StandingTime } from "./standing-time.ts";

/** What performs in a golden run. */
export interface GoldenPerformerParts {
  readonly inner: Performer;
  readonly book: AnswerBook;
  readonly time: StandingTime;
  /** Runs a user function where clock and chance are the golden's, and no network is. */
  readonly inside: <T>(key: InstancePath, run: () => T) => T;
  /** Whether something is asked for real although it could be answered from the golden, or not at all. */
  readonly isAskedForReal: (op: Op, recorded: GoldenOperation | null) => boolean;
}

/** An outcome that is known and waits for its turn. */
interface Pending {
  /** Its place in the race. */
  readonly seq: number;
  readonly give: () => void;
}

/** Answers from a golden what leaves the process, and runs what is tested. */
export class GoldenPerformer implements Performer {
  readonly #parts: GoldenPerformerParts;
  readonly #pending = new SeqHeap<Pending>();
  /** Told to stop nothing yet, and never to end by themselves. */
  readonly #held = new Set<() => void>();

  constructor(parts: GoldenPerformerParts) {
    this.#parts = parts;
  }

  intentOf(op: Op): Intent | null {
    return this.#parts.inner.intentOf(op);
  }

  perform(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    const { book, isAskedForReal } = this.#parts;
    const recorded = book.take(op);
    const response = recorded?.response ?? null;
    if (response?.status === "failed" && wasToldToStop(response.failure)) return this.#hold(recordedOf(response), handle);
    if (!isAnswered(op)) {
      if (response?.status === "failed" && OF_ITS_TIME.has(response.failure.code)) return this.#inTurn(recorded, recordedOf(response));
      return this.#inTurn(recorded, this.#run(op, handle));
    }
    if (isAskedForReal(op, recorded)) return this.#inTurn(recorded, this.#ask(op, handle));
    if (recorded !== null && response === null) return this.#hold(calledOff(op), handle); // it had no outcome when the run was left
    return response === null ? unanswered(op) : this.#inTurn(recorded, recordedOf(response));
  }

  #ask(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    const { inner, time } = this.#parts;
    return counted(time, inner.perform(op, handle));
  }

  #run(op: Op, handle: OpHandle): Recorded | Promise<Recorded> {
    const { inner, inside, time } = this.#parts;
    const outcome = inside(op.key, () => inner.perform(op, handle));
    return outcome instanceof Promise ? time.during(inTime(op, outcome)) : outcome;
  }

  /** An outcome that has a place in the order of a race waits for it. */
  #inTurn(recorded: GoldenOperation | null, outcome: Recorded | Promise<Recorded>): Recorded | Promise<Recorded> {
    const nth = recorded?.nth ?? null;
    if (nth === null) return outcome;
    return new Promise((resolve) => this.wait(nth, () => resolve(outcome)));
  }

  /** Has something happen when its turn comes: nobody works any more, and nothing that came before it is left. */
  wait(nth: number, give: () => void): void {
    this.#pending.push({ seq: nth, give });
    this.#parts.time.look();
  }

  /** Its outcome is that it was told to stop: it is, when it is told. */
  #hold(outcome: Recorded, { signal }: OpHandle): Promise<Recorded> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#held.delete(end);
        resolve(outcome);
      };
      this.#held.add(end);
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
      this.#parts.time.look();
    });
  }

  /** The place of the outcome whose turn is next; null where none waits. */
  get nextTurn(): number | null {
    return this.#pending.first?.seq ?? null;
  }

  /** Gives the outcome whose turn it is. */
  giveNext(): void {
    this.#pending.pop()?.give();
    this.#parts.time.look();
  }

  /** Ends what waits to be told to stop and never will be: what told it is not there any more. */
  letGo(): void {
    for (const end of this.#held) end();
  }

  waitOpens(key: InstancePath): void {
    this.#parts.inner.waitOpens?.(key);
  }

  attemptEnded(key: InstancePath): void {
    this.#parts.inner.attemptEnded(key);
  }

  release(): Promise<void> | void {
    return this.#parts.inner.release();
  }
}

/** Failures that say how long something took, which nothing does here. */
const OF_ITS_TIME: ReadonlySet<string> = new Set(["timeout", "in_doubt"]);

/** Time does not go on while it is worked out. */
function counted(time: StandingTime, outcome: Recorded | Promise<Recorded>): Recorded | Promise<Recorded> {
  return outcome instanceof Promise ? time.during(outcome) : outcome;
}

/** How long a function may take in a golden run, by the machine's clock, in milliseconds: one that hangs must not hang the check. */
const LONGEST_WORK_MS = 10_000;

function inTime({ key }: Op, outcome: Promise<Recorded>): Promise<Recorded> {
  return new Promise((resolve, reject) => {
    const message = `${key}: it has not come to an end within ${LONGEST_WORK_MS / 1_000} s; in a golden run nothing outside answers it.`;
    const stop = systemClock.after(LONGEST_WORK_MS, () =>
      resolve({ status: "failed", failure: { code: "timeout", message, path: key, retryable: false } }),
    );
    outcome.then(resolve, reject).finally(stop);
  });
}

/** Whether it is answered from the golden: it leaves the process, or something behind. */
function isAnswered(op: Op): boolean {
  switch (op.kind) {
    case "model":
    case "tool":
      return true;
    case "step":
      return op.node.effect !== "none";
    case "decide":
      return isFromOutside(op);
    case "human":
    case "signal":
    case "sleep":
      return false;
  }
}

function isFromOutside({ about }: DecideOp): boolean {
  return (
    about === "spawn" ||
    about === "recall" ||
    about === "keep" ||
    about === "tools" ||
    about === "history" ||
    about === "remember" ||
    about === "failed"
  );
}

function calledOff({ key }: Op): Recorded {
  return { status: "failed", failure: abortedFailure(key, "cancelled") };
}

const ASKED: Readonly<Record<string, string>> = {
  model: "model call",
  tool: "call of a tool",
  step: "step with an effect",
  decide: "question",
};

function unanswered(op: Op): Recorded {
  const message = `${op.key}: the golden has no answer to this ${ASKED[op.kind] ?? "operation"}: it was not asked when the golden was recorded.`;
  return { status: "failed", failure: { code: "golden_unanswered", message, path: op.key, retryable: false } };
}
