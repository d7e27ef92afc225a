import { appendFileSync } from "node:fs";

// What a run does to the world, told apart from what it says of itself: every piece of work leaves a line in a file outside
// of the store, under the key that its outcome has in the journal.

/** One line of the file of effects. */
export interface Effect {
  readonly what: string;
  readonly key: string | null;
}

let effects: string | null = null;

/** Says where effects are counted; set anew for every run. */
export function countEffectsIn(file: string): void {
  effects = file;
}

/** Leaves a line: what was done, and under which idempotency key; null where it has none. */
export function leave(what: string, key: string | null): void {
  if (effects === null) throw new Error("Nobody has said where effects are counted.");
  const line: Effect = { what, key };
  appendFileSync(effects, `${JSON.stringify(line)}\n`);
}
