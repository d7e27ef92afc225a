import type { Runnable } from "../../dsl/fits.ts";
import type { AnyStep, InputOf } from "../../dsl/program.ts";
import type { JournalStore } from "../../journal/port.ts";
import type { Pause } from "../../model/run-result.ts";
import type { FlujoOptions, RunOptionsOf } from "../../runner/options.ts";
import type { Draws } from "./draws.ts";
import type { Crashes } from "./fate.ts";

/** A place with chance and time of its own. */
export interface SimulatedPlace extends Draws {
  /**
   * Takes a drawn time, from 0 to `maxMs` milliseconds of the simulated clock, both included. With a signal it is left at
   * once when that is aborted, with the signal's reason.
   */
  latency(maxMs: number, signal?: AbortSignal): Promise<void>;
}

/** What has chance of its own: a name, or the context that a step or a tool is given. */
export type AnyPlace = string | { readonly path: string; readonly attempt?: number };

/**
 * What the functions of a simulated program have in place of the world: chance, time, effects that are counted. It belongs
 * to one process; when that has died, nothing of it goes on.
 */
export interface Sim extends SimulatedPlace {
  /** Chance that only this place draws from: what is drawn elsewhere does not change it. Another process draws anew. */
  at(place: AnyPlace): SimulatedPlace;
  /** Which process of the history this is, from 0. */
  readonly process: number;
  /** Puts a line into the printed history. */
  log(text: string): void;
  /** Says that an effect took place: a charge, a letter. Gives how often it has, for this key, in all processes. The counts are in `history.calls`. */
  call(name: string, idempotencyKey: string): number;
}

/** A run as whoever is outside of it gets at it. */
export interface OutsideRun {
  readonly runId: string;
  /** `flujo.signal`, from the process that runs the run, or from another. */
  signal(name: string, value?: unknown): Promise<unknown>;
  /** `flujo.answer`. @param pause - Which pause. Left out: the one it is scripted for, or the only one. */
  answer(value: unknown, pause?: string): Promise<unknown>;
  /** `flujo.cancel`, from the process that runs the run, or from another. */
  cancel(reason?: string): Promise<unknown>;
  /** Aborts the signal that the run was begun or gone on with, in the process that runs it. Where there is none, nobody hears it. */
  abort(reason?: string): void;
}

/** Something that happens outside of the run. */
export interface ScriptedEvent {
  /** After how many milliseconds of the simulated clock: from the beginning, or from when a wait of the name `on` has opened. @defaultValue `0` */
  readonly afterMs?: number;
  /** The name of a pause, or of a signal that is waited for. It happens for every one of this name. */
  readonly on?: string;
  /** What happens. What is refused (it came too late, or twice) is noted in the history. */
  readonly do: (run: OutsideRun, pause: Pick<Pause, "id" | "name"> | null) => unknown;
}

/** A program as one process of a history has it. */
export interface Simulated<P extends AnyStep> {
  readonly program: P & Runnable<P>;
  readonly input: InputOf<P>;
  readonly options?: Omit<RunOptionsOf<P>, "runId" | "signal">;
}

/** What is simulated, whatever the seed. */
export interface Simulation<P extends AnyStep> {
  /** Makes the program. Everything that its functions draw must come from `sim`, and everything they wait for. */
  readonly build: (sim: Sim) => Simulated<P>;
  /**
   * How often `build` is called. `process`: for every process of a history, as each loads the program anew; what its functions
   * keep in variables is lost in a crash. `once`: for all processes of all histories, which is faster by about a half; its
   * functions must keep nothing in variables. @defaultValue `"process"`
   */
  readonly builds?: "process" | "once";
  /** What happens outside, in a history that draws from this. @defaultValue nothing */
  readonly script?: (draws: Draws) => readonly ScriptedEvent[];
  /** @defaultValue `"random"` */
  readonly crashes?: Crashes;
  /**
   * How what the script does arrives. `random`: late at times, and at times twice, by the seed. `once`: on time, and again
   * only where the process that was to take it died. @defaultValue `"random"`
   */
  readonly delivery?: "random" | "once";
  /** Options of every Flujo. */
  readonly flujo?: Omit<FlujoOptions, "state" | "clock">;
  /** Stands between the processes and the store in memory, to break it on purpose. It must answer at once. */
  readonly store?: (inner: JournalStore) => JournalStore;
}

/** One history to be simulated. */
export interface SeededSimulation<P extends AnyStep> extends Simulation<P> {
  /** Any whole number from 0 to 2^53 - 1. The same seed gives the same history. */
  readonly seed: number;
}

/** What a simulation is without the types of its program. */
export type AnySimulation = SeededSimulation<AnyStep>;
