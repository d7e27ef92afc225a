import type { Draws } from "./draws.ts";

/**
 * How a process dies at a write to the store. `lost`: before the store has it. `untold`: the store has it, and the process
 * never hears of that. `told`: the process heard of it, told whoever listens, and died before anything else happened.
 */
export type CrashKind = "lost" | "untold" | "told";

/** A crash at one write of a history. */
export interface Crash {
  /** The number of the write, from 1 over all processes of the history. */
  readonly write: number;
  readonly kind: CrashKind;
}

/**
 * Which writes are the last of their process. `random`: up to three, by the seed. `none`. A number, or several: after the
 * write of that number is committed (`untold`). Crashes: exactly those.
 */
export type Crashes = "random" | "none" | number | readonly (number | Crash)[];

const KINDS: readonly CrashKind[] = ["lost", "untold", "told"];

/** Decides which process dies when. */
export class Fate {
  readonly #draws: Draws;
  readonly #planned: ReadonlyMap<number, CrashKind>;
  /** How many crashes by lot there may still be. */
  #left: number;
  /** A process dies within so many writes, where one does. */
  readonly #span: number;
  #next: Crash | null = null;

  constructor(crashes: Crashes, draws: Draws) {
    this.#draws = draws;
    this.#left = crashes === "random" ? draws.pick([0, 1, 1, 1, 2, 3]) : 0;
    this.#span = draws.pick([3, 6, 10, 16, 24]);
    this.#planned = new Map(plannedIn(crashes).map(({ write, kind }) => [write, kind]));
  }

  /** A process begins after so many writes. */
  begins(writes: number): void {
    this.#next = null;
    if (this.#left === 0) return;
    this.#left--;
    this.#next = { write: writes + 1 + this.#draws.int(this.#span), kind: this.#draws.pick(KINDS) };
  }

  /** How the process that makes this write dies of it; null where it lives on. */
  of(write: number): CrashKind | null {
    if (this.#next?.write === write) return this.#next.kind;
    return this.#planned.get(write) ?? null;
  }
}

function plannedIn(crashes: Crashes): readonly Crash[] {
  if (typeof crashes === "string") return [];
  const list = typeof crashes === "number" ? [crashes] : crashes;
  return list.map((crash) => (typeof crash === "number" ? { write: crash, kind: "untold" } : crash));
}
