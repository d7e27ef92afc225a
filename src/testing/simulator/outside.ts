import { FlujoError } from "../../base/errors.ts";
import type { Entry, WaitOpened } from "../../model/entry.ts";
import type { Agenda } from "./agenda.ts";
import type { Draws } from "./draws.ts";
import type { SimulatedProcess } from "./process.ts";
import type { OutsideRun, ScriptedEvent } from "./simulation.ts";
import type { Trace } from "./trace.ts";
import { valueInWords } from "./words.ts";

/** What has become of something that was done from outside. */
export interface Delivery {
  /** `signal paid`, `answer sure`, `cancel`, `abort`; several, where the script does several things at once. */
  readonly what: string;
  /**
   * When it was handed over, in milliseconds since 1970 of the simulated clock, which is what a time limit goes by. Several
   * times where somebody who was to take it died.
   */
  readonly atMs: readonly number[];
  /** Whether the same was delivered before. */
  readonly isRepeated: boolean;
  /** Null where it was accepted; the code of the error where it was refused. */
  readonly refusedWith: string | null;
}

/** What {@link Outside} works with. */
export interface OutsideParts {
  readonly runId: string;
  readonly agenda: Agenda;
  readonly draws: Draws;
  readonly trace: Trace;
  /** Whether what it does comes late at times, and at times twice. */
  readonly isUnreliable: boolean;
  /** The process that has the run or had it last, if it is alive. */
  readonly own: () => SimulatedProcess | null;
  /** Another process that has the store, and no run. */
  readonly desk: () => SimulatedProcess;
  /** Answers in that process, or a new one where the run is at rest; null where neither can be. */
  readonly answer: (
    value: unknown,
    pause: string | undefined,
  ) => { readonly process: SimulatedProcess; readonly done: Promise<unknown> } | null;
  /** Told of what must not be. */
  readonly onFault: (error: unknown) => void;
}

/** One thing on its way. */
interface Parcel {
  readonly event: ScriptedEvent;
  readonly pause: WaitOpened | null;
  readonly isRepeated: boolean;
  /** The processes that were to take it: should one of them die first, it is sent again. */
  readonly takers: Set<SimulatedProcess>;
  readonly said: string[];
  /** When it was handed over, also to those who died of it. */
  readonly atMs: number[];
  readonly tries: number;
}

/** The codes with which something is refused that came too late, or twice. */
const REFUSALS: ReadonlySet<string> = new Set(["pause_not_found", "usage_invalid", "answer_invalid"]);
/** Those with which it is only too early: whoever sends it tries again. */
const NOT_YET: ReadonlySet<string> = new Set(["run_not_found", "run_owned"]);
const MOST_TRIES = 1_000;
const LATER_MS = 7;

/** All that happens around a run by a script: signals, answers, cancellations. It lives on when processes die. */
export class Outside {
  readonly #parts: OutsideParts;
  readonly #underWay = new Set<Parcel>();
  readonly deliveries: Delivery[] = [];
  #script: readonly ScriptedEvent[] = [];
  /** What is still to come, or under way. */
  #left = 0;

  constructor(parts: OutsideParts) {
    this.#parts = parts;
  }

  /** How much is still to come. */
  get left(): number {
    return this.#left;
  }

  /** Whether somebody works on something that was delivered. */
  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  begin(script: readonly ScriptedEvent[]): void {
    this.#script = script;
    for (const event of script) if (event.on === undefined) this.#plan(event, null);
  }

  /** The run has begun to wait somewhere. */
  opened(entries: readonly Entry[]): void {
    for (const event of this.#script) {
      if (event.on === undefined) continue;
      for (const entry of entries) if (entry.type === "wait-opened" && entry.name === event.on) this.#plan(event, entry);
    }
  }

  /** A process is no more: what it had not confirmed is sent again. */
  died(process: SimulatedProcess): void {
    for (const parcel of this.#underWay) {
      if (!parcel.takers.has(process)) continue;
      this.#underWay.delete(parcel);
      this.#sendAgain(parcel, this.#parts.draws.int(20));
    }
  }

  #plan(event: ScriptedEvent, pause: WaitOpened | null): void {
    const { draws, isUnreliable } = this.#parts;
    const { afterMs = 0 } = event;
    const lateMs = isUnreliable ? draws.pick([0, 0, 0, 1, 6, 60]) : 0;
    this.#send(this.#parcel(event, pause, false), afterMs + lateMs);
    if (isUnreliable && draws.chance(0.2)) this.#send(this.#parcel(event, pause, true), afterMs + lateMs + draws.pick([0, 1, 10, 200]));
  }

  #parcel(event: ScriptedEvent, pause: WaitOpened | null, isRepeated: boolean): Parcel {
    return { event, pause, isRepeated, takers: new Set(), said: [], atMs: [], tries: 0 };
  }

  #send(parcel: Parcel, afterMs: number): void {
    this.#left++;
    this.#parts.agenda.add({ afterMs, owner: this, kind: "world", happens: () => this.#deliver(parcel) });
  }

  /** As another parcel: what still comes of the one before is nobody's. */
  #sendAgain({ event, pause, isRepeated, atMs, tries }: Parcel, afterMs: number): void {
    this.#left--;
    const again: Parcel = { ...this.#parcel(event, pause, isRepeated), atMs: [...atMs], tries: tries + 1 };
    if (tries < MOST_TRIES) return this.#send(again, afterMs);
    this.#parts.onFault(new Error(`What the script does is refused again and again: ${valueInWords(pause)}`));
  }

  #deliver(parcel: Parcel): void {
    const { event, pause } = parcel;
    this.#underWay.add(parcel);
    parcel.atMs.push(this.#parts.agenda.nowMs);
    const about = pause === null ? null : { id: pause.key, name: pause.name };
    const doing = (async () => event.do(this.#runFor(parcel), about))();
    doing.then(
      () => this.#settled(parcel, null),
      (error: unknown) => this.#refused(parcel, error),
    );
  }

  #refused(parcel: Parcel, error: unknown): void {
    if (!this.#underWay.has(parcel)) return; // whoever was to take it died
    if (error instanceof NobodyThere || (FlujoError.is(error) && NOT_YET.has(error.code))) {
      this.#underWay.delete(parcel);
      return this.#sendAgain(parcel, LATER_MS);
    }
    if (!FlujoError.is(error) || !REFUSALS.has(error.code)) this.#parts.onFault(error);
    this.#settled(parcel, error);
  }

  #settled(parcel: Parcel, error: unknown): void {
    if (!this.#underWay.delete(parcel)) return;
    this.#left--;
    const { isRepeated, said, atMs } = parcel;
    const refusedWith = FlujoError.is(error) ? error.code : null;
    const delivery: Delivery = { what: said.join(", "), atMs, isRepeated, refusedWith };
    this.deliveries.push(delivery);
    this.#parts.trace.add("outside", () => deliveryInWords(delivery));
  }

  #runFor(parcel: Parcel): OutsideRun {
    const { runId, own, answer } = this.#parts;
    const note = (what: string): void => {
      parcel.said.push(what);
      this.#parts.trace.add("outside", () => `${what}${parcel.isRepeated ? ", again" : ""}${byWhom(parcel)}`);
    };
    return {
      runId,
      signal: (name, value) => {
        const { flujo } = this.#hand(parcel);
        note(`signal ${name}`);
        return flujo.signal(runId, name, value);
      },
      cancel: (reason) => {
        const { flujo } = this.#hand(parcel);
        note("cancel");
        return flujo.cancel(runId, reason);
      },
      answer: (value, pause) => {
        const wanted = pause ?? parcel.pause?.key;
        const answering = answer(value, wanted);
        if (answering === null) return Promise.reject(new NobodyThere());
        parcel.takers.add(answering.process);
        note(`answer ${wanted ?? ""}`.trimEnd());
        return answering.done;
      },
      abort: (reason) => {
        const process = own();
        if (process !== null) parcel.takers.add(process);
        note("abort");
        process?.abort.abort(reason); // a signal ends with the process that gave it
      },
    };
  }

  /** Any process can leave a letter: the one that runs the run, or another. */
  #hand(parcel: Parcel): SimulatedProcess {
    const { draws, own, desk } = this.#parts;
    const near = own();
    const hand = near !== null && draws.chance(0.5) ? near : desk();
    parcel.takers.add(hand);
    return hand;
  }
}

/** Nobody can take it just now. */
class NobodyThere extends Error {}

function byWhom({ takers }: Parcel): string {
  const names = [...takers].map(({ name }) => name);
  return names.length === 0 ? "" : ` through ${names.join(", ")}`;
}

function deliveryInWords({ what, isRepeated, refusedWith }: Delivery): string {
  return `${what}${isRepeated ? ", again" : ""}: ${refusedWith === null ? "accepted" : `refused (${refusedWith})`}`;
}
