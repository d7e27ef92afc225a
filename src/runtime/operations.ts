import type { ExecutionFrame } from "../core/execution-frame.ts";
import type { Op, Outcome, WaitOp } from "../core/program.ts";
import { abortedFailure } from "../core/program.ts";
import type { OperationFinished, Recorded } from "../model/entry.ts";
import type { Cost } from "../model/cost.ts";
import { addCost, FREE } from "../model/cost.ts";
import type { AbortReason } from "../model/failure.ts";
import type { InstancePath } from "../model/path.ts";
import type { StepResult } from "../model/step-result.ts";
import type { Usage } from "../model/usage.ts";
import { addUsage, NO_USAGE } from "../model/usage.ts";
import {
  abandonedOutcome,
  abortedOutcome,
  afterCancel,
  failsInDoubt,
  inDoubt,
  performerBroke,
  timedOut,
  timeoutOf,
} from "./aborted-outcomes.ts";
import type { Admission } from "./admit.ts";
import { admit, isOnlyAsked, isWait, START } from "./admit.ts";
import type { Clock } from "../base/clock.ts";
import type { Fibre, FlightAbout, FrameMark } from "./fibre.ts";
import { Flight } from "./fibre.ts";
import { FlightSet } from "./flight-set.ts";
import { frameDone, isSaidByItsEntry } from "./frame-done.ts";
import type { LiveWatch, WaitListener } from "./live-watch.ts";
import type { Performer } from "./performer.ts";
import type { Replay } from "./replay.ts";
import type { RunJournal } from "./run-journal.ts";
import { having, NOTHING } from "./short-list.ts";
import { delayOf } from "./start-delay.ts";
import { Waits } from "./waits.ts";

/** How long operations are started in one go, in milliseconds. */
const LONGEST_START_MS = 8;

/** What {@link Operations} work with. */
export interface OperationParts extends FlightAbout {
  readonly journal: RunJournal;
  readonly replay: Replay;
  readonly performer: Performer;
  readonly clock: Clock;
  /** Answers given beforehand: what waits under their keys does not wait. */
  readonly answers: ReadonlyMap<InstancePath, unknown>;
  /** Told what starts and ends; null where nobody listens. */
  readonly watch: LiveWatch | null;
  /** Told of every wait that opens, and may answer it; null where nobody can. */
  readonly onWait: WaitListener | null;
  /** How long what was told to stop may take to do so when the run is called off, in milliseconds. */
  readonly graceMs: number;
  /** How far off the next moment may be for which a run is kept here instead of coming to rest, in milliseconds. */
  readonly holdMs: number;
  /** Told that something has arrived, unless it arrived while being started. */
  readonly onArrival: () => void;
}

interface Spent {
  readonly usage?: Usage;
  readonly cost?: Cost;
}

interface Arrival {
  readonly flight: Flight;
  readonly recorded: Recorded;
}

/** Everything a run has asked for and not yet been answered: admitted, written down where it must be, performed, taken in. */
export class Operations {
  readonly #parts: OperationParts;
  #arrivals: Arrival[] = NOTHING;
  #nextArrival = 0;
  #asked: Flight[] = NOTHING;
  /** Asked for, and started as soon as what they need on record has been written. */
  #starting: readonly Flight[] = NOTHING;
  /** On record, and put off so that the event loop has its turn. */
  #deferred: Flight[] = NOTHING;
  #held: Flight[] = NOTHING;
  readonly #performing = new FlightSet();
  #waits: Waits | null = null;
  #isWriting = false;
  #isStarting = false;
  #lastSeq = 0;
  #usage: Usage = NO_USAGE;
  #cost: Cost = FREE;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  /** What the run waits for and nobody performs. Made when it is looked at: most runs never wait. */
  get waits(): Waits {
    this.#waits ??= new Waits({ ...this.#parts, arrive: (flight, recorded) => this.#arrive(flight, recorded, null) });
    return this.#waits;
  }

  get replay(): Replay {
    return this.#parts.replay;
  }

  get watch(): LiveWatch | null {
    return this.#parts.watch;
  }

  /** The seq of the last thing taken in, live or replayed. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** What the run has used so far, in all attempts of everything, live or replayed. */
  get usage(): Usage {
    return this.#usage;
  }

  get cost(): Cost {
    return this.#cost;
  }

  /** Counts something recorded that was delivered from the journal. */
  noteReplayed(seq: number, spent: Spent): void {
    this.#lastSeq = seq;
    this.#spend(spent);
  }

  #spend({ usage, cost }: Spent): void {
    if (usage !== undefined) this.#usage = addUsage(this.#usage, usage);
    if (cost !== undefined) this.#cost = addCost(this.#cost, cost);
  }

  get hasArrivals(): boolean {
    return this.#nextArrival < this.#arrivals.length;
  }

  /** Whether something will arrive without anybody answering. */
  get isBusy(): boolean {
    if (this.#performing.size > 0 || this.#deferred.length > 0 || this.#isWriting) return true;
    if (this.#waits?.isEmpty === false && this.#staysForWaits) return true;
    return this.#asked.some((flight) => flight.isOpen); // the rest was cancelled before it could start
  }

  /** Whether somebody looks for an answer, or a moment that the run waits for is so near that it is not worth coming to rest. */
  get #staysForWaits(): boolean {
    const { clock, holdMs } = this.#parts;
    const { wakeAtMs, isHeld } = this.waits;
    return isHeld || (wakeAtMs !== null && wakeAtMs - clock.now() <= holdMs);
  }

  /** Takes a question in. While replaying it is held back. */
  ask(op: Op, fibre: Fibre, isLive: boolean): Flight {
    const flight = new Flight(op, fibre, this.#parts);
    if (!isLive) this.#held = having(this.#held, flight);
    else if (isOnlyAsked(op)) this.#start(flight);
    else this.#asked = having(this.#asked, flight);
    return flight;
  }

  /** Lets go what was held back while replaying. True when something has arrived by that. */
  release(): boolean {
    const held = this.#held;
    this.#held = NOTHING;
    for (const flight of held) {
      if (!flight.isOpen) continue; // it was cancelled while it was held back
      if (isOnlyAsked(flight.op)) this.#start(flight);
      else this.#asked = having(this.#asked, flight);
    }
    return this.hasArrivals;
  }

  /** Takes in the next outcome that arrived: gives it its seq, adds it to the journal, and hands it to its fibre. */
  consume(): Fibre | undefined {
    const arrival = this.#arrivals[this.#nextArrival];
    if (arrival === undefined) return undefined;
    this.#nextArrival++;
    if (this.#nextArrival === this.#arrivals.length) {
      this.#arrivals = NOTHING;
      this.#nextArrival = 0;
    }
    const { flight, recorded } = arrival;
    const { fibre } = flight;
    const outcome = this.#write(flight, recorded);
    this.#spend(outcome.outcome);
    fibre.value = outcome;
    fibre.waitsFor = null;
    const isPointedTo = flight.op.kind !== "decide" && outcome.outcome.status === "succeeded"; // a decision has no entry of its own
    fibre.last = isPointedTo ? { seq: this.#lastSeq, value: outcome.outcome.value } : null;
    if (flight.isTold) this.#parts.watch?.operationEnded(flight.op, outcome.outcome, outcome.atMs - flight.startedAtMs);
    return fibre;
  }

  #write(flight: Flight, outcome: Recorded): Outcome {
    const { journal, clock } = this.#parts;
    const { op } = flight;
    const seq = journal.takeSeq();
    this.#lastSeq = seq;
    const atMs = clock.now();
    const { key, fingerprint } = op;
    if (op.kind === "decide") {
      const decision = journal.addDecision({ seq, key, fingerprint, atMs, outcome });
      if (!isOnlyAsked(op)) journal.pressDecisions(); // it has done something, which is not to be done again
      return decision;
    }
    const entry: OperationFinished = {
      type: "operation-finished",
      seq,
      atMs,
      key,
      op: op.kind,
      name: op.name,
      fingerprint,
      startedAtMs: flight.startedAtMs,
      outcome,
    };
    return journal.addOutcome(entry);
  }

  /** Notes that a composite has ended, so that a resume need not look below it (design law 6). */
  recordDone(fibre: Fibre, mark: FrameMark, result: StepResult): void {
    const { node, attempt } = mark.frame;
    if (isSaidByItsEntry(node) && (node.policy === undefined || attempt > 0)) return;
    if (attempt > 0 && result.status === "succeeded") return; // its node ends with it, and says so
    const { journal, clock } = this.#parts;
    const seq = journal.takeSeq(); // not the last seq: while replaying it lies beyond what is still to be delivered
    const done = frameDone(mark, { seq, atMs: clock.now(), result, last: fibre.last });
    journal.add(done);
    if (done.outputAt === null) fibre.last = null;
  }

  /** An attempt at a node, or a node that holds something, has ended, however: what was opened or held for it is let go. */
  attemptEnded({ node, key }: ExecutionFrame): void {
    if (node.holds === true || (node.policy?.resources.length ?? 0) > 0) this.#parts.performer.attemptEnded(key);
  }

  /** Puts it on record that the run was called off: what comes after it came after it. */
  recordCancel(key: InstancePath, reason: string): void {
    const { journal, clock } = this.#parts;
    const seq = journal.takeSeq();
    this.#lastSeq = seq;
    journal.add({ type: "cancel-requested", seq, atMs: clock.now(), key, reason });
  }

  /** Lets go of a deadline that did not come. False where it is none. */
  dropDeadline(flight: Flight): boolean {
    if (!("waitsFor" in flight.op) || flight.op.waitsFor !== "deadline" || !flight.isOpen) return false;
    this.waits.close(flight);
    flight.close();
    return true;
  }

  /**
   * Ends an operation under way as aborted. Its late outcome, if one comes, is nobody's. Where the run was called off,
   * whoever performs it has some time to come to an end, which then counts as it is.
   */
  cancel(flight: Flight, reason: AbortReason): void {
    if (!flight.isOpen) return;
    if (reason !== "cancelled" || !flight.isStarted || !this.#performing.has(flight))
      return this.#arrive(flight, abortedOutcome(flight, abortedFailure(flight.op.key, reason)), reason);
    const { clock, graceMs } = this.#parts;
    flight.tell(reason);
    flight.stopTimer?.();
    flight.stopTimer = clock.after(graceMs, () => this.#arrive(flight, abandonedOutcome(flight, graceMs), reason));
  }

  /** Aborts everything under way without an outcome: it counts as never finished (design law 9). */
  abandon(reason: AbortReason): void {
    for (const flight of [...this.#performing.all, ...this.#starting, ...this.#deferred]) flight.abort(reason);
    this.#performing.clear();
    this.#waits?.disarm();
    this.#asked = NOTHING;
  }

  /**
   * Writes down what is due, then starts what was asked for. Gives a promise where the store needs time; what arrives
   * meanwhile is taken in, what is asked meanwhile waits for the next flush.
   */
  flush(): void | Promise<void> {
    if (this.#isWriting) return;
    const batch = this.#asked;
    this.#asked = NOTHING; // always another list: what is asked while the store writes must not join this batch
    for (const flight of batch) if (flight.isOpen) this.#prepare(flight);
    if (this.#parts.journal.isDue) {
      const writing = this.#parts.journal.commit();
      if (writing instanceof Promise) {
        this.#isWriting = true;
        this.#starting = batch;
        return writing.then(() => {
          this.#isWriting = false;
          this.#startAll(batch);
        });
      }
    }
    this.#startAll(batch);
  }

  /** Writes the intent of an operation that needs one; a question to a person is written down as a wait. */
  #prepare(flight: Flight): void {
    const { op } = flight;
    const admission = this.#admit(flight);
    if (admission.kind === "start" && admission.afterDecisions) this.#parts.journal.pressDecisions();
    if (admission.kind === "wait") this.waits.open(flight, op as WaitOp);
    if (admission.kind !== "intend") return;
    const { journal, clock, replay } = this.#parts;
    journal.pressDecisions();
    if (replay.intended(op.key)) {
      if (!failsInDoubt(op)) return;
      flight.startedAtMs = clock.now(); // of when it began nobody has kept a record that is cheap to ask
      return this.#arrive(flight, inDoubt(flight), null);
    }
    const { request, requestHash } = admission.intent;
    const about = { seq: journal.takeSeq(), atMs: clock.now(), key: op.key, op: op.kind, fingerprint: op.fingerprint };
    journal.add({ type: "operation-intended", ...about, idempotencyKey: flight.idempotencyKey, request, requestHash });
  }

  /** An operation whose intent cannot be put in words fails; it does not take the run down with it. */
  #admit(flight: Flight): Admission {
    try {
      return admit(flight.op, this.#parts.performer);
    } catch (error) {
      this.#arrive(flight, performerBroke(flight, error), null);
      return START;
    }
  }

  /** Starts what is on record now. Functions that work without a pause are started a few at a time: the event loop has its turn. */
  #startAll(batch: readonly Flight[]): void {
    const { clock } = this.#parts;
    this.#starting = NOTHING;
    this.#isStarting = true;
    const beganAt = batch.length > 1 ? clock.ticks() : 0;
    let next = 0;
    try {
      while (next < batch.length) {
        const flight = batch[next++];
        if (flight?.isOpen === true && !isWait(flight.op)) this.#start(flight);
        if (batch.length > 1 && clock.ticks() - beganAt > LONGEST_START_MS) break;
      }
    } finally {
      this.#isStarting = false;
    }
    if (next === batch.length) return;
    if (this.#deferred.length === 0) clock.soon(() => this.#startDeferred());
    for (; next < batch.length; next++) this.#deferred = having(this.#deferred, batch[next] as Flight);
  }

  #startDeferred(): void {
    const batch = this.#deferred;
    this.#deferred = NOTHING;
    this.#startAll(batch);
    this.#parts.onArrival();
  }

  #start(flight: Flight): void {
    const { clock } = this.#parts;
    const delayMs = delayOf(flight, clock);
    if (delayMs === 0) return this.#perform(flight);
    this.#performing.add(flight);
    flight.stopTimer = clock.after(delayMs, () => {
      flight.stopTimer = null;
      this.#perform(flight);
    });
  }

  #perform(flight: Flight): void {
    const { performer, clock, onProgress, watch } = this.#parts;
    const { op } = flight;
    flight.startedAtMs = clock.now();
    if (watch !== null) {
      flight.isTold = true;
      watch.operationStarts(op);
      if (!flight.isOpen) return; // the run was called off: it does not start
    }
    flight.isStarted = true;
    onProgress?.(op, { type: "operation-started", op: op.kind }, flight.startedAtMs);
    const coming = performer.perform(op, flight);
    if (!(coming instanceof Promise)) return this.#arrive(flight, coming, null);
    this.#performing.add(flight);
    const limitMs = timeoutOf(op);
    if (limitMs !== null) flight.stopTimer = clock.after(limitMs, () => this.#arrive(flight, timedOut(flight, limitMs), "timeout"));
    coming.then(
      (recorded) => this.#arrive(flight, recorded, null),
      (error: unknown) => this.#arrive(flight, performerBroke(flight, error), null),
    );
  }

  #arrive(flight: Flight, recorded: Recorded, aborted: AbortReason | null): void {
    if (!flight.isOpen) return;
    this.#performing.delete(flight);
    if (isWait(flight.op)) this.waits.close(flight);
    const kept = aborted === null && flight.wasTold ? afterCancel(flight, recorded) : recorded;
    if (aborted === null) flight.close();
    else flight.abort(aborted);
    this.#arrivals = having(this.#arrivals, { flight, recorded: kept });
    if (!this.#isStarting) this.#parts.onArrival();
  }
}
