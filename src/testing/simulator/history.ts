import type { Entry } from "../../model/entry.ts";
import type { RunResult } from "../../model/run-result.ts";
import type { Crash } from "./fate.ts";
import type { Delivery } from "./outside.ts";
import type { StartedOperation } from "./process.ts";
import { entryInWords } from "./words.ts";

/** One process's part in a history. */
export interface ProcessPart {
  /** The entries that its listener was told, in that order. */
  readonly told: readonly Entry[];
  /** The operations that it started, in that order. */
  readonly started: readonly StartedOperation[];
  /** What its callers were told, each time the run came to rest. */
  readonly results: readonly RunResult<unknown>[];
}

/** One simulated run from its beginning until it has ended, or waits for what nobody will give. */
export interface History<Out = unknown> {
  readonly seed: number;
  readonly runId: string;
  /** How it ended, as the journal says. */
  readonly result: RunResult<Out>;
  /** The journal at the end. */
  readonly entries: readonly Entry[];
  /** Those that took place, in that order. */
  readonly crashes: readonly Crash[];
  /** How many writes the store was asked for, by all processes: that is how far a crash can be planned. */
  readonly writes: number;
  /** How often a process went on with the run. */
  readonly resumes: number;
  /** How much virtual time went by, in milliseconds. */
  readonly passedMs: number;
  readonly processes: readonly ProcessPart[];
  /** What was done from outside, in the order in which it was accepted or refused. */
  readonly deliveries: readonly Delivery[];
  /** How often each effect took place: by the name and the idempotency key that `sim.call` was given. */
  readonly calls: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** All of it for people, with how to have it again. The same seed gives the same text. */
  toString(): string;
}

/** How to have a history again. */
export function replayOf(seed: number): string {
  return `Have it again: await simulate({ seed: ${seed}, … }) with the same other options; explore() does that with FLUJO_SIM_SEED=${seed} in the environment.`;
}

/** The journal, one entry a line. */
export function journalInWords(entries: readonly Entry[], startMs: number): string {
  return entries.map((entry) => `${String(entry.seq).padStart(4)}  +${entry.atMs - startMs} ms  ${entryInWords(entry)}`).join("\n");
}
