import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { ForkControl, Op, Outcome, Program } from "../core/program.ts";
import { abortedFailure } from "../core/program.ts";
import type { Retried } from "../model/entry.ts";
import type { AbortReason } from "../model/failure.ts";
import type { Progress } from "../model/run-event.ts";
import { withoutAttempts } from "../model/path.ts";
import type { Spent } from "./model-port.ts";
import type { OpHandle } from "./performer.ts";

/** A frame that a fibre is in, and what its `frame-done` entry needs to know. */
export interface FrameMark {
  readonly frame: ExecutionFrame;
  /** Entries of this frame lie from this seq on. */
  fromSeq: number;
  /** Whether somebody was told that it has begun. */
  isTold: boolean;
  /** Why its fibre was told to stop before it was entered, where it runs all the same; null where it was not told. Left out of frames without a shield. */
  shields?: AbortReason | null;
}

/** The last outcome a fibre has seen: where a composite's output is that very value, its done entry only points to it. */
export interface LastOutcome {
  readonly seq: number;
  readonly value: unknown;
}

/**
 * One line of execution. Its stack is an array: a child frame is pushed on it, never entered by `yield*`, so depth costs
 * nothing per operation and cannot overflow.
 */
export class Fibre {
  readonly stack: Program<unknown>[];
  /** Beside each program on the stack: the frame it belongs to, or null for a program that is no frame's. */
  readonly marks: (FrameMark | null)[] = [null];
  readonly parent: ForkState | null;
  readonly index: number;
  /** What its top program is resumed with. */
  value: unknown = undefined;
  last: LastOutcome | null = null;
  /** Why it was told to stop; what it asks for after that is answered with a cancellation. */
  cancelled: AbortReason | null = null;
  /** How many shielded frames it is in: while there are any, losing a race or running out of time is kept from it. */
  shielded = 0;
  /** What was kept from it meanwhile. */
  kept: AbortReason | null = null;
  /** What it waits for: an operation, or the programs it forked. */
  waitsFor: Flight | ForkState | null = null;

  constructor(program: Program<unknown>, parent: ForkState | null, index: number) {
    this.stack = [program];
    this.parent = parent;
    this.index = index;
    this.cancelled = null;
  }
}

/** Something that lies further back than was thought has come: every frame around it began no later than that. */
export function beganBy(fibre: Fibre, seq: number): void {
  for (let at: Fibre | null = fibre; at !== null; at = at.parent?.fibre ?? null)
    for (const mark of at.marks) if (mark !== null && mark.fromSeq > seq) mark.fromSeq = seq;
}

/** A fork under way. */
export class ForkState {
  readonly fibre: Fibre;
  readonly control: ForkControl;
  readonly results: unknown[];
  readonly running = new Set<Fibre>();
  isStopped = false;
  #next = 0;
  /** Those that were started before it was their turn. */
  readonly #early = new Set<number>();

  constructor(fibre: Fibre, control: ForkControl) {
    this.fibre = fibre;
    this.control = control;
    this.results = Array.from({ length: control.count });
  }

  /** Starts the next program, where there is one and room for it. */
  startNext(): Fibre | null {
    const { count, concurrency } = this.control;
    while (this.#early.has(this.#next)) this.#next++;
    if (this.isStopped || this.#next >= count || this.running.size >= concurrency) return null;
    const index = this.#next++;
    return this.#start(index, this.control.start(index));
  }

  /**
   * Starts those that have something on record although there is no room for them: they had begun when there was. Only in a
   * run that was forked may others, which had ended by then, have to run again.
   */
  startRecorded(recorded: ReadonlySet<string>): readonly Fibre[] {
    const started: Fibre[] = [];
    for (let index = this.#next; index < this.control.count && !this.isStopped; index++) {
      if (this.#early.has(index)) continue;
      const first = this.control.start(index).next(); // looked at, and thrown away: a program is made as often as it is asked for
      if (first.done === true || first.value.kind !== "call" || !recorded.has(first.value.frame.key)) continue;
      this.#early.add(index);
      started.push(this.#start(index, this.control.start(index)));
    }
    return started;
  }

  #start(index: number, program: Program<unknown>): Fibre {
    const child = new Fibre(program, this, index);
    child.cancelled = this.fibre.cancelled;
    this.running.add(child);
    return child;
  }
}

/** {@link ForkState.startRecorded} in all forks under way, of a fibre and of what it forked. */
export function startRecorded(root: Fibre, recorded: ReadonlySet<string>): Fibre[] {
  const started: Fibre[] = [];
  const open = [root];
  for (let fibre = open.pop(); fibre !== undefined; fibre = open.pop()) {
    if (!(fibre.waitsFor instanceof ForkState)) continue;
    for (const child of fibre.waitsFor.running) open.push(child);
    for (const child of fibre.waitsFor.startRecorded(recorded)) started.push(child);
  }
  return started;
}

/** What is told to stop before it has begun, or is a deadline, leaves nothing on record: that it was told says it all. */
export function cancelledOutcome({ key }: Op, reason: AbortReason): Outcome {
  return { atMs: 0, outcome: { status: "failed", failure: abortedFailure(key, reason) } };
}

/** What all flights of a run have in common. */
export interface FlightAbout {
  readonly runId: string;
  /** Told that an operation was handed to its performer, and what it tells of itself; null where nobody listens. */
  readonly onProgress: ProgressListener | null;
  /** Of a run that tries another again: when that began, and the keys that it has of that. Left out of every other. */
  readonly retried?: Retried | undefined;
}

/** Hears what operations under way tell of themselves, and when, where that is known already, in milliseconds since 1970. */
export type ProgressListener = (op: Op, progress: Progress, atMs?: number) => void;

/** One operation on its way: asked for, perhaps started, not yet answered. What its performer sees is an `OpHandle`. */
export class Flight implements OpHandle {
  readonly op: Op;
  readonly fibre: Fibre;
  readonly #about: FlightAbout;
  startedAtMs = 0;
  /** Whether a performer has it. */
  isStarted = false;
  /** Whether somebody was told that it starts. */
  isTold = false;
  /** False once it has an outcome or never will: what comes later is ignored. */
  isOpen = true;
  /** Where it stands in the {@link FlightSet} it is in; -1 where it is in none. */
  place = -1;
  /** Calls its timers off. */
  stopTimer: (() => void) | null = null;
  #controller: AbortController | null = null;
  #reason: AbortReason | null = null;
  #spent: (() => Spent) | null = null;

  constructor(op: Op, fibre: Fibre, about: FlightAbout) {
    this.op = op;
    this.fibre = fibre;
    this.#about = about;
  }

  /** Made when somebody looks, too. What comes late is void. */
  get report(): ((progress: Progress) => void) | null {
    const { onProgress } = this.#about;
    return onProgress === null ? null : (progress) => void (this.isOpen && onProgress(this.op, progress));
  }

  /** The same for every attempt of one operation and of what is around it, so that whoever is asked twice can tell (design section 5). */
  get idempotencyKey(): string {
    const { runId, retried } = this.#about;
    const place = withoutAttempts(this.op.key);
    return retried !== undefined && Object.hasOwn(retried.keys, place) ? (retried.keys[place] ?? "") : `${runId}:${place}`;
  }

  /** Made when somebody looks: most functions never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Whether whoever performs it was told to stop. */
  get wasTold(): boolean {
    return this.#reason !== null;
  }

  /** Tells whoever performs it to stop. */
  tell(reason: AbortReason): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }

  /** Tells whoever performs it to stop, and calls its timer off. */
  abort(reason: AbortReason): void {
    this.tell(reason);
    this.close();
  }

  billIfAborted(spent: () => Spent): void {
    this.#spent = spent;
  }

  /** What it has used until now, where somebody can tell. */
  get spent(): Spent | null {
    return this.#spent === null ? null : this.#spent();
  }

  close(): void {
    this.isOpen = false;
    this.stopTimer?.();
    this.stopTimer = null;
  }
}
