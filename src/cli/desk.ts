import type { Output } from "./output.ts";

/** What every command is given. */
export interface Desk {
  readonly output: Output;
  /** Where state is, as the user said it; null where they did not. */
  readonly state: string | null;
  /** What the process is busy with, for the words it ends with should that never come to an end. */
  busyWith: string | null;
  /** The run it is about, once that is known. */
  run: RunAtHand | null;
}

/** A run, for the words about it. */
export interface RunAtHand {
  readonly id: string;
  /** What a command that goes on with it must be told beside its id: where its program is. Empty where the run itself knows. */
  readonly where: readonly string[];
}

/** A command that did what it was asked to. */
export const DONE = 0;

/** A run that waits for somebody. */
export const PAUSED = 3;

/** Somebody has stopped it. */
export const INTERRUPTED = 130;
