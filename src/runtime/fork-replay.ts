import { FlujoError } from "../base/errors.ts";
import { ContextState } from "../core/context/context-state.ts";
import type { Op, Outcome } from "../core/program.ts";
import type { Entry, Recorded } from "../model/entry.ts";
import { wasToldToStop } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import { encode } from "../serialize/codec.ts";
import { timeoutOf } from "./aborted-outcomes.ts";
import type { Recall } from "./replay.ts";
import { Replay } from "./replay.ts";

/** What a run has recorded, and what it had asked for it. */
export class QuestionLog extends Replay {
  readonly asked = new Map<InstancePath, Op>();

  override outcomeOf(op: Op): Recall<Outcome> | null {
    this.asked.set(op.key, op);
    return super.outcomeOf(op);
  }
}

/** What a {@link ForkReplay} goes by. */
export interface ForkReplayParts {
  readonly entries: readonly Entry[];
  /** What the run had asked, by key. */
  readonly asked: ReadonlyMap<InstancePath, Op>;
  /** Whether the code that answers is the code that has answered. */
  readonly isUnchanged: (op: Op) => boolean;
  /** Whether what was contributed to the context with an outcome makes of it what it made then. */
  readonly isReducedAlike: (op: Op, outcome: Recorded) => boolean;
}

/**
 * What of a run's outcomes holds in another program too. One counts where the very same is asked for under its key, of the
 * same code; what is not asked for, or was asked for otherwise, is left.
 */
export class ForkReplay extends Replay {
  readonly #parts: ForkReplayParts;
  /** The seqs of the outcomes that hold. */
  readonly held = new Set<number>();
  /** What has no outcome and is asked for as it was. */
  readonly open = new Map<InstancePath, Op>();

  constructor(parts: ForkReplayParts) {
    super(parts.entries);
    this.#parts = parts;
  }

  override get isLenient(): boolean {
    return true;
  }

  override outcomeOf(op: Op): Recall<Outcome> | null {
    const before = this.#parts.asked.get(op.key);
    if (before === undefined || !this.#parts.isUnchanged(op) || !isSameQuestion(before, op)) return null;
    const recall = super.outcomeOf(op);
    if (recall === null) this.open.set(op.key, op);
    if (recall === null || isDueToLimit(recall.value, before, op)) return null;
    return this.#parts.isReducedAlike(op, recall.value.outcome) ? recall : null;
  }

  /** That something was told to stop holds only where it is told so here. */
  override holds(seq: number, outcome: Outcome, isCancelled: boolean): boolean {
    if (!isCancelled && outcome.outcome.status === "failed" && wasToldToStop(outcome.outcome.failure)) return false;
    this.held.add(seq);
    return true;
  }
}

/** Whether it came of a limit of time that is another now. */
export function isDueToLimit({ outcome }: Outcome, before: Op, now: Op): boolean {
  if (outcome.status === "succeeded" || outcome.failure.code !== "timeout") return false;
  return timeoutOf(before) !== timeoutOf(now) || wakeTimeOf(before) !== wakeTimeOf(now);
}

function wakeTimeOf(op: Op): number | null {
  return "wakeAtMs" in op ? op.wakeAtMs : null;
}

/** Whether the very same is asked: an answer to one is one to the other. */
export function isSameQuestion(before: Op, now: Op): boolean {
  if (before.kind !== now.kind || before.fingerprint !== now.fingerprint) return false;
  const [first, second] = [aboutOf(before), aboutOf(now)];
  return first.every((part, index) => isSame(part, second[index]));
}

/** All that an answer may depend on, beside the code and what its fingerprint says. */
function aboutOf(op: Op): readonly unknown[] {
  switch (op.kind) {
    case "step":
      return [op.input, op.feedback, op.context];
    case "decide":
      return [op.about, op.value, op.detail, op.context];
    case "model":
      return [op.asks, op.instructions, op.tools, op.toolChoice, op.history, op.input, op.transcript];
    case "tool":
      return [op.tool.fingerprint, op.tool.name, op.call.input, op.context];
    case "human":
    case "signal":
      return [op.waitsFor, op.name, op.show];
    case "sleep":
      return [op.waitsFor, op.key.endsWith("/?delay") ? null : op.wakeAtMs]; // a delay that is over is over, however long it would be now
  }
}

function isSame(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  if (before instanceof ContextState && now instanceof ContextState) return isSame(before.value(), now.value());
  return textOf(before) === textOf(now);
}

/** Another text for another order of fields too: a prompt or a hash that is made of a value may be another one then. */
function textOf(value: unknown): string {
  try {
    return encode({ value }, "what was asked");
  } catch (error) {
    if (FlujoError.is(error, "value_unstorable")) return `?${unlike++}`; // what cannot be compared is never the same
    throw error;
  }
}

let unlike = 0;
