import type { Op, Outcome } from "../core/program.ts";
import type { Entry, Recorded } from "../model/entry.ts";
import { wasToldToStop } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import { isDueToLimit, isSameQuestion } from "./fork-replay.ts";
import type { Recall } from "./replay.ts";
import { Replay } from "./replay.ts";

/** What a {@link RetryReplay} goes by. */
export interface RetryReplayParts {
  readonly entries: readonly Entry[];
  /** What the run had asked, by key. */
  readonly asked: ReadonlyMap<InstancePath, Op>;
  /** Whether what is recorded there is done again. */
  readonly isAgain: (key: InstancePath) => boolean;
  /** Whether the code that answers is the code that has answered. */
  readonly isUnchanged: (op: Op) => boolean;
  /** Whether what was contributed to the context with an outcome makes of it what it made then. */
  readonly isReducedAlike: (op: Op, outcome: Recorded) => boolean;
  /** Whether what has failed, and was caught, counts as failed whatever code there is now. */
  readonly keepsFailures: boolean;
}

/** What of a run that has ended holds in another that does again what failed. What is asked for after that, nobody asks for here. */
export class RetryReplay extends Replay {
  readonly #parts: RetryReplayParts;
  /** The seqs of the outcomes that hold. */
  readonly held = new Set<number>();
  /** What is asked for as it was, by key: whether it holds or not. */
  readonly alike = new Map<InstancePath, Op>();

  constructor(parts: RetryReplayParts) {
    super(parts.entries.filter(({ type }) => type !== "cancel-requested")); // whoever tries it again does not call it off
    this.#parts = parts;
  }

  override get isLenient(): boolean {
    return true;
  }

  override outcomeOf(op: Op): Recall<Outcome> | null {
    const { asked, isAgain, isUnchanged, isReducedAlike, keepsFailures } = this.#parts;
    const before = asked.get(op.key);
    if (before === undefined || !isSameQuestion(before, op)) return null;
    this.alike.set(op.key, op);
    if (isAgain(op.key)) return null;
    const recall = super.outcomeOf(op);
    if (recall === null) return null;
    const { outcome } = recall.value;
    if (outcome.status === "failed" && keepsFailures) return recall;
    if (!isUnchanged(op) || isDueToLimit(recall.value, before, op)) return null;
    return isReducedAlike(op, outcome) ? recall : null;
  }

  /** That something was told to stop holds only where it is told so here. */
  override holds(seq: number, { outcome }: Outcome, isCancelled: boolean): boolean {
    if (!isCancelled && outcome.status === "failed" && wasToldToStop(outcome.failure)) return false;
    this.held.add(seq);
    return true;
  }
}
