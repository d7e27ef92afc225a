import type { Clock } from "../../base/clock.ts";
import type { Entry } from "../../model/entry.ts";
import type { Owner } from "../../model/run-record.ts";
import type { RunResult } from "../../model/run-result.ts";
import type { Flujo } from "../../runner/flujo.ts";
import { releaseOwner } from "../../runtime/ownership.ts";
import type { Agenda } from "./agenda.ts";
import type { Draws } from "./draws.ts";
import type { Crash } from "./fate.ts";

/** A promise that nobody will ever keep. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

/** An operation that a process began to perform. */
export interface StartedOperation {
  readonly path: string;
  /** How many entries the journal had when the process took the run over: what is below this was on record. */
  readonly found: number;
}

/** What a {@link SimulatedProcess} is made of. */
export interface ProcessParts {
  /** `process 0`, `desk`: how the trace calls it. */
  readonly name: string;
  readonly number: number;
  readonly agenda: Agenda;
  /** Of its clock. */
  readonly draws: Draws;
  /** Whether its clock says at every look that the programs have been driven for long. */
  readonly isHasty: boolean;
}

/**
 * One process of a history, and its clock. When it dies, nothing that it has begun goes on: its timers are gone, its
 * store is silent, and what its functions still say is heard by nobody.
 */
export class SimulatedProcess implements Clock {
  readonly name: string;
  readonly number: number;
  readonly #agenda: Agenda;
  readonly #draws: Draws;
  readonly #isHasty: boolean;
  #ticks = 0;
  #isAlive = true;
  /** The crash it dies of before anything else happens; null where there is none. */
  doom: Crash | null = null;
  /** Calls that have begun to run the run, go on with it or answer it, and have not been answered. */
  calls = 0;
  /** How many entries the journal had when it last took the run over. */
  found = 0;
  /** What its listener was told, in that order. */
  readonly told: Entry[] = [];
  readonly started: StartedOperation[] = [];
  /** What its callers were told. */
  readonly results: RunResult<unknown>[] = [];
  readonly abort = new AbortController();
  /** Who it is to the store; null before it has made or taken over anything. */
  owner: Owner | null = null;
  #flujo: Flujo | null = null;
  /** Those who want to know when it dies. */
  readonly #waiting = new Set<() => void>();

  constructor({ name, number, agenda, draws, isHasty }: ProcessParts) {
    this.name = name;
    this.number = number;
    this.#agenda = agenda;
    this.#draws = draws;
    this.#isHasty = isHasty;
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** Its Flujo. @throws {TypeError} Before it has one. */
  get flujo(): Flujo {
    if (this.#flujo === null) throw new TypeError(`${this.name} has no Flujo yet.`);
    return this.#flujo;
  }

  set flujo(flujo: Flujo) {
    this.#flujo = flujo;
  }

  now(): number {
    return this.#agenda.nowMs;
  }

  ticks(): number {
    if (this.#isHasty) this.#ticks += this.#draws.int(12);
    return this.#agenda.nowMs + this.#ticks;
  }

  after(ms: number, then: () => void, how?: { readonly idle: boolean }): () => void {
    return this.#after(ms, then, how?.idle === true ? "idle" : "timer");
  }

  soon(then: () => void): void {
    this.#after(0, then, "work"); // at once, and so nothing that keeps a process from ending
  }

  /** Lets one of the user's functions, or the store, take its time; who waits when the process dies waits for ever. */
  work(ms: number, then: () => void): () => void {
    return this.#after(ms, then, "work");
  }

  #after(afterMs: number, then: () => void, kind: "timer" | "idle" | "work"): () => void {
    if (!this.#isAlive) return () => undefined;
    return this.#agenda.add({ afterMs, owner: this, kind, happens: then });
  }

  /** How many of its Flujo's timers run that would keep it from ending. */
  get timers(): number {
    return this.#agenda.timersOf(this);
  }

  /** Tells when it dies, until the function it gives back is called. */
  onDeath(tell: () => void): () => void {
    this.#waiting.add(tell);
    return () => this.#waiting.delete(tell);
  }

  /** It is no more. */
  die(): void {
    this.#isAlive = false;
    this.#agenda.drop(this);
    if (this.owner !== null) releaseOwner(this.owner);
    for (const tell of this.#waiting) tell();
  }
}
