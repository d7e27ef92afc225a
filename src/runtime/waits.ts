import type { WaitOp } from "../core/program.ts";
import type { Recorded, Retried } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { Pause } from "../model/run-result.ts";
import type { Clock } from "../base/clock.ts";
import { LONGEST_TIMER_MS } from "../base/clock.ts";
import type { Flight } from "./fibre.ts";
import type { WaitListener } from "./live-watch.ts";
import type { Performer } from "./performer.ts";
import type { Replay } from "./replay.ts";
import type { RunJournal } from "./run-journal.ts";
import { shareOf } from "./spread.ts";

/** A moment nearer than this is not put down as a wait: it is over before anybody can look (design law 8). */
const SHORTEST_ENTRY_MS = 1_000;

/** What {@link Waits} work with. */
export interface WaitParts {
  readonly journal: RunJournal;
  readonly replay: Replay;
  readonly clock: Clock;
  /** Answers given beforehand: what waits under their keys does not wait. */
  readonly answers: ReadonlyMap<InstancePath, unknown>;
  /** Told of every wait that opens, and may answer it; null where nobody can. */
  readonly onWait: WaitListener | null;
  /** Hands over what a wait came to. */
  readonly arrive: (flight: Flight, recorded: Recorded) => void;
  /** Told of waits that the run may come to rest for. */
  readonly performer: Pick<Performer, "waitOpens">;
  /** How far off a moment may be for which a run is kept in memory, in milliseconds. */
  readonly holdMs: number;
  /** Of a run that tries another again: when that began. */
  readonly retried?: Retried | undefined;
  /** Told that the run may be able to come to rest now. */
  readonly onArrival: () => void;
}

interface Waiting {
  readonly flight: Flight;
  /** Null for a deadline: nobody is told of it as a wait of the run. */
  readonly pause: Pause | null;
  readonly wakeAtMs: number | null;
  /** Somebody looks whether what they have answers it; until they know, its time does not end it. */
  isHeld: boolean;
}

/** All that a run waits for and nobody performs: people, signals, moments. */
export class Waits {
  readonly #parts: WaitParts;
  readonly #open = new Map<InstancePath, Waiting>();
  /** Those that end by themselves. */
  readonly #timed = new Set<Waiting>();
  /** How many somebody is looking for an answer to. */
  #held = 0;
  /** Deadlines that are over, while somebody is. */
  readonly #overdue = new Set<Waiting>();

  constructor(parts: WaitParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** What the run waits for now. */
  get pauses(): readonly Pause[] {
    return [...this.#open.values()].flatMap(({ pause }) => (pause === null ? [] : [pause]));
  }

  /** Whether somebody is looking for an answer to one of them. */
  get isHeld(): boolean {
    return this.#held > 0;
  }

  /** When the first of them ends by itself, in milliseconds since 1970; null where none does. */
  get wakeAtMs(): number | null {
    let first: number | null = null;
    for (const { wakeAtMs } of this.#timed) if (wakeAtMs !== null && (first === null || wakeAtMs < first)) first = wakeAtMs;
    return first;
  }

  /** Puts a wait down, and takes an answer that is there already. */
  open(flight: Flight, op: WaitOp): void {
    const { journal, clock, replay, answers, onWait, performer, holdMs } = this.#parts;
    const { key, name, fingerprint, waitsFor, show, answerSchema } = op;
    const known = replay.waitingSince(key);
    const sinceMs = known ?? clock.now();
    const wakeAtMs = wakeTimeOf(flight, op, this.#parts.retried?.atMs ?? 0);
    const isToldOf = waitsFor !== "deadline";
    if (isToldOf && (wakeAtMs === null || wakeAtMs - clock.now() > holdMs)) performer.waitOpens?.(key);
    const isBrief = waitsFor === "time" && wakeAtMs !== null && wakeAtMs - sinceMs <= SHORTEST_ENTRY_MS;
    if (isToldOf && known === null && !isBrief) {
      const about = {
        type: "wait-opened",
        seq: journal.takeSeq(),
        atMs: sinceMs,
        key,
        waitsFor,
        name,
        fingerprint,
        show,
        answerSchema,
      } as const;
      journal.add(wakeAtMs === null ? about : { ...about, wakeAtMs });
    }
    flight.startedAtMs = sinceMs;
    const pause: Pause | null = isToldOf ? { id: key, waitsFor, name, show, answerSchema, wakeAtMs, sinceMs } : null;
    const waiting: Waiting = { flight, pause, wakeAtMs, isHeld: false };
    this.#open.set(key, waiting);
    if (wakeAtMs !== null) this.#timed.add(waiting);
    if (answers.has(key)) this.answer(key, answers.get(key));
    if (pause !== null && flight.isOpen) onWait?.(pause, known === null);
    if (!flight.isOpen) return;
    if (isToldOf) this.#arm(waiting);
    else this.#armDeadline(waiting);
  }

  /** Answers what waits under this key. False where nothing does. */
  answer(key: InstancePath, value: unknown): boolean {
    const waiting = this.#open.get(key);
    if (waiting === undefined || waiting.pause === null || waiting.pause.waitsFor === "time") return false;
    this.#parts.arrive(waiting.flight, { status: "succeeded", value });
    return true;
  }

  /** Keeps the run from coming to rest, and the wait from ending by itself, while somebody looks. False where nothing waits there any more. */
  hold(key: InstancePath): boolean {
    const waiting = this.#open.get(key);
    if (waiting?.flight.isOpen !== true) return false;
    this.#mark(waiting, true);
    return true;
  }

  /** What somebody had was no answer. */
  letGo(key: InstancePath): void {
    const waiting = this.#open.get(key);
    if (waiting === undefined) return;
    this.#mark(waiting, false);
    this.#arm(waiting);
    this.#parts.onArrival();
  }

  #mark(waiting: Waiting, isHeld: boolean): void {
    if (waiting.isHeld !== isHeld) this.#held += isHeld ? 1 : -1;
    waiting.isHeld = isHeld;
    if (this.#held > 0 || this.#overdue.size === 0) return;
    const overdue = [...this.#overdue];
    this.#overdue.clear();
    for (const deadline of overdue) this.#armDeadline(deadline);
  }

  /** It has ended, however. */
  close(flight: Flight): void {
    const waiting = this.#open.get(flight.op.key);
    if (waiting === undefined) return;
    this.#mark(waiting, false);
    this.#open.delete(flight.op.key);
    this.#timed.delete(waiting);
    this.#overdue.delete(waiting);
  }

  /** Lets go of every timer: the run rests, and somebody else will look when it is time. */
  disarm(): void {
    for (const { flight } of this.#open.values()) flight.stopTimer?.();
  }

  /** What is found beside a deadline that is over comes before it: what was sent in time may be what it was set for. */
  #armDeadline(waiting: Waiting): void {
    const { flight, wakeAtMs } = waiting;
    if (!flight.isOpen || wakeAtMs === null) return;
    const { clock } = this.#parts;
    if (wakeAtMs > clock.now()) return this.#arm(waiting);
    flight.stopTimer = clock.after(0, () => {
      flight.stopTimer = null;
      if (this.#held > 0) this.#overdue.add(waiting);
      else this.#wake(waiting);
    });
  }

  #arm(waiting: Waiting): void {
    const { flight, wakeAtMs } = waiting;
    if (wakeAtMs === null) return;
    flight.stopTimer?.();
    flight.stopTimer = null;
    const { clock } = this.#parts;
    const leftMs = wakeAtMs - clock.now();
    if (leftMs <= 0) return this.#wake(waiting);
    flight.stopTimer = clock.after(Math.min(leftMs, LONGEST_TIMER_MS), () => {
      flight.stopTimer = null;
      this.#arm(waiting);
    });
  }

  #wake({ flight, isHeld, wakeAtMs }: Waiting): void {
    if (isHeld || !flight.isOpen) return; // who holds it lets it go, or answers it
    const { op } = flight;
    this.#parts.arrive(flight, op.kind === "sleep" ? SLEPT : lateOutcome(op as WaitOp, wakeAtMs ?? 0));
  }
}

const SLEPT: Recorded = Object.freeze({ status: "succeeded", value: null });

/** The moment a wait ends: many that were put off together come back at different ones. A limit begins anew where all is tried again. */
function wakeTimeOf(flight: Flight, { wakeAtMs, limitMs, spreadMs, key }: WaitOp, retriedAtMs: number): number | null {
  if (wakeAtMs !== null && limitMs !== undefined && wakeAtMs - limitMs < retriedAtMs) return retriedAtMs + limitMs;
  if (wakeAtMs === null || spreadMs === 0) return wakeAtMs;
  return wakeAtMs + Math.ceil(spreadMs * shareOf(flight.idempotencyKey, Number(/#(\d+)[^#]*$/.exec(key)?.[1] ?? 1)));
}

function lateOutcome({ key, waitsFor, name }: WaitOp, wakeAtMs: number): Recorded {
  const what = waitsFor === "signal" ? `the signal "${name}" did not come` : "nobody answered";
  const message = `${key}: ${what} until ${new Date(wakeAtMs).toISOString()}.`;
  return { status: "failed", failure: { code: "timeout", message, path: key, retryable: true, details: { wakeAtMs } } };
}
