import { FlujoError } from "../base/errors.ts";
import type { CallControl, ForkControl, Op, Outcome, Program } from "../core/program.ts";
import type { AbortReason } from "../model/failure.ts";
import { leavesOutcome } from "../model/failure.ts";
import type { StepResult } from "../model/step-result.ts";
import type { FrameMark } from "./fibre.ts";
import { beganBy, cancelledOutcome, Fibre, ForkState, startRecorded } from "./fibre.ts";
import { isKeptFrom, lowerShield, raiseShield } from "./shield.ts";
import type { OpenOperation } from "./frontier.ts";
import { openOperations, tellOpenFrames } from "./frontier.ts";
import { diverged } from "./replay.ts";
import type { Rest, SchedulerParts } from "./scheduler-parts.ts";
import { SeqHeap } from "./seq-heap.ts";

/** How long programs are driven before the event loop gets its turn, in milliseconds. */
const LONGEST_DRIVE_MS = 8;
/** The clock is looked at once in so many resumptions. */
const RESUMPTIONS_PER_LOOK = 64;

/** A recorded outcome that a fibre waits for its turn to get. */
interface Delivery {
  readonly seq: number;
  /** Null for the word that the run was called off, which is for all. */
  readonly fibre: Fibre | null;
  readonly value: unknown;
  /** Set for a frame that had ended: which operation's value its output is. */
  readonly done: { readonly outputAt: number | null; readonly depth: number } | null;
}

/**
 * Drives all fibres of one run: the one awaiter. It resumes whoever is ready; when nobody is, it takes the next thing
 * that arrived; when nothing has, it writes down what was decided and starts what was asked for.
 *
 * Two modes. *Replaying*: operations with an entry wait in `#deliveries` and get theirs in the order of seq; operations
 * without one are held back. *Live*, once no delivery is pending: operations go to the performers.
 */
export class Scheduler {
  readonly #parts: SchedulerParts;
  readonly #ready: Fibre[] = [];
  readonly #deliveries = new SeqHeap<Delivery>();
  #isLive = false;
  #isDriving = false;
  #root: Fibre | null = null;
  #result: StepResult | null = null;
  /** Why the run is to be called off, while it replays; null where it is not. */
  #cancelWanted: string | null = null;
  #cancelled: string | null = null;
  #settle: ((rest: Rest) => void) | null = null;
  #fail: ((error: unknown) => void) | null = null;
  #drivingSince = 0;
  #furthest = 0; // the highest seq that was delivered
  /** Over all turns: promises that are settled already would otherwise hold the event loop between short ones. */
  #untilLook = RESUMPTIONS_PER_LOOK;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
  }

  /** Runs a program until it ends, waits for people only, or is stopped. Rejects when the run cannot go on at all. */
  run(program: Program<StepResult>): Promise<Rest> {
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
      this.#root = new Fibre(program, null, 0);
      const { cancelled, left } = this.#parts.operations.replay;
      if (cancelled !== null && left === 0)
        this.#callOff(cancelled.reason); // before it had anything on record: nothing of it begins now either
      else if (cancelled !== null) this.#deliveries.push({ seq: cancelled.seq, fibre: null, value: cancelled.reason, done: null });
      this.#isLive = this.#parts.operations.replay.left === 0 && cancelled === null && !this.#parts.isReading; // with nothing to replay, from the first step on
      if (this.#isLive) this.#cancelIfWanted();
      this.#ready.push(this.#root);
      this.#drivingSince = this.#parts.clock.ticks();
      this.drive();
    });
  }

  /** Whether nothing will be driven any more. */
  get isAtRest(): boolean {
    return this.#root !== null && this.#settle === null;
  }

  /** What was asked for and has no outcome: where the run stands. */
  get frontier(): readonly OpenOperation[] {
    return this.#root === null || this.#result !== null ? [] : openOperations(this.#root);
  }

  /** Why the run was called off before it had ended, which may be for no reason given; null where it was not. */
  get cancelled(): string | null {
    return this.#cancelled;
  }

  /**
   * Calls the run off: what is in flight ends as cancelled, what is about to start does not, and the run's program sees
   * that. Drives nothing, so that it may be called while operations are being started; whoever calls it drives.
   */
  cancel(reason: string): void {
    this.#cancelWanted ??= reason;
    if (this.#isLive && this.#settle !== null) this.#cancelIfWanted();
  }

  /** Lets go of the run at once. What is in flight counts as never finished. */
  stop(reason: Exclude<AbortReason, "timeout" | "lost-race" | "cancelled">): void {
    this.#parts.operations.abandon(reason);
    this.#finish({ kind: "stopped", reason });
  }

  /** Goes on with whatever can go on. Called whenever something may have changed; calls within calls do nothing. */
  drive(): void {
    if (this.#isDriving || this.#settle === null) return;
    this.#isDriving = true;
    try {
      this.#turn();
    } catch (error) {
      this.#crash(error);
    } finally {
      this.#isDriving = false;
    }
  }

  #turn(): void {
    const { operations } = this.#parts;
    for (;;) {
      if (!this.#resumeAll() || this.#settle === null) return;
      if (this.#result === null) {
        const writing = operations.flush();
        if (writing instanceof Promise) {
          writing.then(
            () => this.drive(),
            (error: unknown) => this.#crash(error),
          );
          return;
        }
      }
      if (!operations.hasArrivals) break;
    }
    if (operations.isBusy) return;
    if (this.#result !== null) this.#finish({ kind: "ended", result: this.#result });
    else if (!operations.waits.isEmpty) {
      operations.waits.disarm();
      this.#finish({ kind: "waiting" });
    }
  }

  /** Resumes whoever is ready or was answered, until nobody is. False where the event loop must have its turn first. */
  #resumeAll(): boolean {
    const { clock } = this.#parts;
    for (;;) {
      if (--this.#untilLook <= 0) {
        this.#untilLook = RESUMPTIONS_PER_LOOK;
        const now = clock.ticks();
        if (now - this.#drivingSince > LONGEST_DRIVE_MS) {
          clock.soon(() => {
            this.#drivingSince = clock.ticks();
            this.drive();
          });
          return false;
        }
      }
      const fibre = this.#ready.pop() ?? this.#nextArrival();
      if (fibre !== undefined) this.#resume(fibre);
      else if (!this.#becomeLive()) return true;
    }
  }

  /** The fibre whose operation was answered, by a performer or by the journal. */
  #nextArrival(): Fibre | undefined {
    if (this.#isLive) return this.#parts.operations.consume();
    const { replay } = this.#parts.operations;
    for (let delivery = this.#deliveries.pop(); delivery !== undefined; delivery = this.#deliveries.pop()) {
      const { fibre, seq, value } = delivery;
      if (fibre === null) this.#callOff(value as string);
      else if (delivery.done !== null || replay.holds(seq, value as Outcome, fibre.cancelled !== null)) {
        this.#hand(delivery, fibre);
        return fibre;
      }
    }
    return undefined;
  }

  #hand({ value, done, seq }: Delivery, fibre: Fibre): void {
    if (seq < this.#furthest) beganBy(fibre, seq);
    else this.#furthest = seq;
    fibre.value = value;
    fibre.waitsFor = null;
    if (done === null) {
      const recorded = (value as Outcome).outcome;
      this.#parts.operations.noteReplayed(seq, recorded);
      fibre.last = recorded.status === "succeeded" && "type" in (value as Outcome) ? { seq, value: recorded.value } : null;
    } else {
      const result = value as StepResult;
      this.#parts.operations.noteReplayed(seq, result);
      fibre.last = done.outputAt === null || result.status === "failed" ? null : { seq: done.outputAt, value: result.output };
      if (done.depth === 1) this.#parts.onTopResult(result);
    }
  }

  /** Ends the replay once nothing recorded is left to deliver. True when that made something ready. */
  #becomeLive(): boolean {
    if (this.#isLive) return false;
    const { operations } = this.#parts;
    const { replay } = operations;
    if (replay.left > 0) {
      if (this.#startRecorded()) return true;
      if (!replay.isLenient) throw diverged(replay.leftKey, "there is an outcome on record that nothing asks for");
    }
    this.#isLive = true;
    if (this.#parts.isReading && this.#result === null) {
      this.#finish({ kind: "stopped", reason: "drain" });
      return false;
    }
    this.#cancelIfWanted(); // before what was held back starts
    if (operations.watch !== null && this.#root !== null) tellOpenFrames(this.#root, operations.watch);
    return operations.release();
  }

  #cancelIfWanted(): void {
    const reason = this.#cancelWanted;
    const root = this.#root;
    if (reason === null || root === null || this.#cancelled !== null || this.#result !== null) return;
    this.#parts.operations.recordCancel(this.#parts.key, reason);
    this.#callOff(reason);
  }

  #callOff(reason: string): void {
    this.#cancelled = reason;
    if (this.#root !== null) this.#cancelFibre(this.#root, "cancelled");
  }

  #resume(fibre: Fibre): void {
    for (;;) {
      const program = fibre.stack[fibre.stack.length - 1];
      if (program === undefined) return this.#ended(fibre);
      const step = program.next(fibre.value);
      if (step.done === true) {
        this.#leave(fibre, step.value);
        continue;
      }
      const wanted = step.value;
      const goesOn =
        wanted.kind === "call" ? this.#call(fibre, wanted) : wanted.kind === "fork" ? this.#fork(fibre, wanted) : this.#ask(fibre, wanted);
      if (!goesOn) return;
    }
  }

  #leave(fibre: Fibre, value: unknown): void {
    fibre.stack.pop();
    fibre.value = value;
    const mark = fibre.marks.pop();
    if (mark === null || mark === undefined) return;
    if (mark.shields !== undefined) lowerShield(fibre, mark.shields);
    const result = value as StepResult;
    const { depth, key } = mark.frame;
    this.#parts.log?.frameEnded(key, result);
    if (depth > 0) this.#parts.operations.recordDone(fibre, mark, result);
    if (depth === 1) this.#parts.onTopResult(result);
    if (mark.frame.attempt > 0 || mark.frame.node.holds === true) this.#parts.operations.attemptEnded(mark.frame);
    if (mark.isTold) this.#parts.operations.watch?.stepEnded(mark.frame, result);
  }

  #call(fibre: Fibre, { frame, isShielded }: CallControl): boolean {
    if (!this.#isLive) {
      const done = this.#parts.operations.replay.doneOf(frame);
      if (done !== null) {
        this.#deliveries.push({
          seq: done.seq,
          fibre,
          value: done.value.result,
          done: { outputAt: done.value.outputAt, depth: frame.depth },
        });
        return false;
      }
    }
    const { operations } = this.#parts;
    const mark: FrameMark = { frame, fromSeq: operations.lastSeq, isTold: false };
    if (operations.watch !== null && this.#isLive && fibre.cancelled === null) {
      mark.isTold = true;
      operations.watch.stepStarts(frame, false);
    }
    fibre.stack.push(this.#parts.core.execute(frame));
    fibre.marks.push(mark);
    if (isShielded === true) raiseShield(fibre, mark);
    fibre.value = undefined;
    return true;
  }

  #ask(fibre: Fibre, op: Op): boolean {
    const { operations, log } = this.#parts;
    if (fibre.cancelled !== null) {
      fibre.value = cancelledOutcome(op, fibre.cancelled);
      return true;
    }
    log?.asked(op);
    if (!this.#isLive) {
      const recorded = operations.replay.outcomeOf(op);
      if (recorded !== null) {
        this.#deliveries.push({ seq: recorded.seq, fibre, value: recorded.value, done: null });
        fibre.waitsFor = null;
        return false;
      }
    }
    fibre.waitsFor = operations.ask(op, fibre, this.#isLive);
    return false;
  }

  #fork(fibre: Fibre, control: ForkControl): boolean {
    if (control.count === 0) {
      fibre.value = [];
      return true;
    }
    const fork = new ForkState(fibre, control);
    fibre.waitsFor = fork;
    this.#startMore(fork);
    return false;
  }

  #startMore(fork: ForkState): void {
    const started: Fibre[] = [];
    for (let child = fork.startNext(); child !== null; child = fork.startNext()) started.push(child);
    this.#lineUp(started);
  }

  /** Starts programs that are on record and have no room yet. True when there were any. */
  #startRecorded(): boolean {
    if (this.#root === null) return false;
    this.#lineUp(startRecorded(this.#root, this.#parts.operations.replay.leftPlaces()));
    return this.#ready.length > 0;
  }

  /** The ready list is a stack: the first must lie on top. */
  #lineUp(started: Fibre[]): void {
    for (let child = started.pop(); child !== undefined; child = started.pop()) this.#ready.push(child);
  }

  #ended(fibre: Fibre): void {
    const fork = fibre.parent;
    if (fork === null) {
      this.#result = fibre.value as StepResult;
      return;
    }
    fork.running.delete(fibre);
    const { takes } = fork.control;
    fork.results[fibre.index] = takes === undefined ? fibre.value : takes(fibre.value as never, fibre.index);
    if (!fork.isStopped && fork.control.stopsAfter(fibre.value as never, fibre.index)) {
      fork.isStopped = true;
      const reason = fork.control.abortsWith?.(fibre.index) ?? "lost-race";
      for (const loser of fork.running) this.#cancelFibre(loser, reason);
    }
    this.#startMore(fork);
    if (fork.running.size > 0) return;
    fork.fibre.waitsFor = null;
    fork.fibre.value = fork.results;
    this.#ready.push(fork.fibre);
  }

  /** Tells a fibre and all it forked to stop: what it has in flight is answered as cancelled. */
  #cancelFibre(root: Fibre, reason: AbortReason): void {
    const open = [root];
    for (let fibre = open.pop(); fibre !== undefined; fibre = open.pop()) {
      const wasTold = fibre.cancelled !== null;
      if (isKeptFrom(fibre, reason) || (wasTold && reason !== "cancelled")) continue;
      fibre.cancelled ??= reason;
      const waitsFor = fibre.waitsFor;
      if (waitsFor instanceof ForkState) for (const forked of waitsFor.running) open.push(forked);
      else if (wasTold) continue;
      else if (waitsFor !== null && this.#parts.operations.dropDeadline(waitsFor)) {
        fibre.waitsFor = null;
        fibre.value = cancelledOutcome(waitsFor.op, reason);
        this.#ready.push(fibre);
      } else if (waitsFor !== null && leavesOutcome(reason)) this.#parts.operations.cancel(waitsFor, reason);
    }
  }

  #finish(rest: Rest): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(rest);
  }

  #crash(error: unknown): void {
    if (this.#settle === null) return;
    this.#parts.operations.abandon(FlujoError.is(error, "lease_lost") ? "lease-lost" : "drain");
    this.#settle = null;
    this.#fail?.(error);
  }
}
