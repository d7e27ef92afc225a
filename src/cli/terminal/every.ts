import type { Clock } from "../../index.ts";

/** Calls a function every so many milliseconds, until the function it gives back is called. */
export function every(clock: Pick<Clock, "after">, ms: number, then: () => void): () => void {
  let stop = clock.after(ms, again);
  function again(): void {
    stop = clock.after(ms, again);
    then();
  }
  return () => stop();
}
