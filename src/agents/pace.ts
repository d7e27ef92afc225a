import { nextTurn, systemClock } from "../base/system.ts";

/** A call takes some tenths of a millisecond to be sent off: this many keep the event loop for a few milliseconds. */
const STARTS_PER_TURN = 8;

let started = 0;
let turn: Promise<void> | null = null;

/**
 * Resolves when one more call may be sent off. Hundreds at once, sent off in one go, would keep everything else in the
 * process waiting, streams of other calls among it; those beyond the first few wait for the next turns of the event loop.
 */
export async function paced(): Promise<void> {
  for (;;) {
    if (started < STARTS_PER_TURN) break;
    turn ??= nextTurn();
    await turn;
  }
  started++;
  if (started === 1) systemClock.soon(forget);
}

function forget(): void {
  started = 0;
  turn = null;
}
