import { FlujoError } from "../base/errors.ts";
import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { Op, Outcome } from "../core/program.ts";
import type { Decision, Entry, FrameDone, OperationFinished } from "../model/entry.ts";
import type { StepResult } from "../model/step-result.ts";

/** A recorded outcome and its place in the order of things. */
export interface Recall<T> {
  readonly seq: number;
  readonly value: T;
}

/** A frame that had ended: its result, and which operation's value its output is. */
export interface DoneRecall {
  readonly result: StepResult;
  readonly outputAt: number | null;
}

const BELOW = new Set(["/", "#", "["]);

/** What a run has recorded so far, by key. Each outcome is handed out once. */
export class Replay {
  readonly #finished = new Map<string, OperationFinished>();
  readonly #decided = new Map<string, Decision>();
  readonly #done = new Map<string, FrameDone>();
  readonly #intended = new Set<string>();
  readonly #waits = new Map<string, number>();
  /** When and why the run was called off; null where it was not. */
  #cancelled: { readonly seq: number; readonly reason: string } | null = null;
  readonly nextSeq: number;

  /** @param entries What no `frame-done` covers; a done's output has been put back in its place. */
  constructor(entries: readonly Entry[]) {
    let last = -1;
    for (const entry of entries) {
      last = Math.max(last, entry.seq);
      this.#keep(entry);
    }
    this.nextSeq = last + 1;
  }

  #keep(entry: Entry): void {
    switch (entry.type) {
      case "operation-finished":
        this.#finished.set(entry.key, entry);
        break;
      case "decisions-made":
        for (const decision of entry.decisions) this.#decided.set(decision.key, decision);
        break;
      case "frame-done":
        this.#done.set(entry.key, entry);
        break;
      case "operation-intended":
        this.#intended.add(entry.key);
        break;
      case "wait-opened":
        this.#waits.set(entry.key, entry.atMs);
        break;
      case "cancel-requested":
        this.#cancelled ??= { seq: entry.seq, reason: entry.reason };
        break;
      case "run-started":
      case "code-accepted":
      case "signal-taken":
      case "run-finished":
        break;
    }
  }

  /** When and why the run was called off; null where it was not. */
  get cancelled(): { readonly seq: number; readonly reason: string } | null {
    return this.#cancelled;
  }

  /** How many outcomes nobody has asked for yet. */
  get left(): number {
    return this.#finished.size + this.#decided.size + this.#done.size;
  }

  /** The key of one of them. */
  get leftKey(): string {
    for (const recorded of [this.#finished, this.#decided, this.#done]) for (const key of recorded.keys()) return key;
    return "";
  }

  /** Their keys, and those of everything around them. */
  leftPlaces(): ReadonlySet<string> {
    const places = new Set<string>();
    for (const recorded of [this.#finished, this.#decided, this.#done])
      for (const key of recorded.keys())
        for (let end = 1; end <= key.length; end++) if (end === key.length || BELOW.has(key.charAt(end))) places.add(key.slice(0, end));
    return places;
  }

  /** Whether an outcome that was asked for is handed out now that it is its turn. Here it always is. */
  holds(_seq: number, _outcome: Outcome, _isCancelled: boolean): boolean {
    return true;
  }

  /** Whether it may be left with outcomes that nobody asks for. */
  get isLenient(): boolean {
    return false;
  }

  /** Whether the intent of this operation is on record, so that it is not recorded twice. */
  intended(key: string): boolean {
    return this.#intended.has(key);
  }

  /** Since when the run has been waiting under this key, in ms since 1970; null where it has not begun to. */
  waitingSince(key: string): number | null {
    return this.#waits.get(key) ?? null;
  }

  /** @throws {FlujoError} `journal_diverged` when what is recorded under the key answers another question (design law 3). */
  outcomeOf(op: Op): Recall<Outcome> | null {
    if (op.kind === "decide") {
      const decision = this.#decided.get(op.key);
      if (decision === undefined) return this.#refuseOther(op, this.#finished.get(op.key));
      assertSame(op, "decide", decision.fingerprint);
      this.#decided.delete(op.key);
      return { seq: decision.seq, value: decision };
    }
    const entry = this.#finished.get(op.key);
    if (entry === undefined) return this.#refuseOther(op, this.#decided.get(op.key));
    assertSame(op, entry.op, entry.fingerprint);
    this.#finished.delete(op.key);
    return { seq: entry.seq, value: entry };
  }

  #refuseOther(op: Op, other: unknown): null {
    if (other !== undefined) assertSame(op, "an operation of another kind", op.fingerprint);
    return null;
  }

  /** @throws {FlujoError} `journal_diverged` */
  doneOf(frame: ExecutionFrame): Recall<DoneRecall> | null {
    const key = frame.doneKey;
    const entry = this.#done.get(key);
    if (entry === undefined) return null;
    if (entry.fingerprint !== frame.node.fingerprint) throw diverged(frame.key, "the node there is another one now");
    this.#done.delete(key);
    return { seq: entry.seq, value: { result: entry.result, outputAt: entry.outputAt } };
  }
}

let begun: Replay | null = null;

/** What is recorded. Of a run that has only begun that is nothing, which is the same for all and never changes: one does for them. */
export function replayOf(entries: readonly Entry[]): Replay {
  const [first] = entries;
  if (entries.length !== 1 || first?.type !== "run-started" || first.seq !== 0) return new Replay(entries);
  begun ??= new Replay(entries);
  return begun;
}

function assertSame(op: Op, recordedKind: string, recordedFingerprint: string): void {
  if (recordedKind !== op.kind) throw diverged(op.key, `recorded is ${recordedKind}, asked was ${op.kind}`);
  if (recordedFingerprint !== op.fingerprint) throw diverged(op.key, "what is asked there is not what was asked when it was recorded");
}

/** The error for a journal that does not fit the plan being driven. */
export function diverged(key: string, why: string): FlujoError {
  return new FlujoError("journal_diverged", `The journal does not fit the pipeline at ${key}: ${why}.`, { details: { path: key } });
}
