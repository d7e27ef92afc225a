import { messageOf } from "../base/errors.ts";
import type { RunEvent } from "../model/run-event.ts";

/** A listener that throws is told of as a warning of the process; the run goes on. */
export function guarded(listener: ((event: RunEvent) => void) | undefined, runId: string): ((event: RunEvent) => void) | null {
  if (listener === undefined) return null;
  const warn = (error: unknown): void => process.emitWarning(`A listener of run ${runId} threw: ${messageOf(error)}`, "FlujoWarning");
  return (event) => {
    try {
      const returned: unknown = listener(event);
      if (returned instanceof Promise) returned.catch(warn); // an async function is taken for a listener, too
    } catch (error) {
      warn(error);
    }
  };
}

/** Tells both, the first one first. */
export function both<E>(first: (event: E) => void, second: ((event: E) => void) | undefined): (event: E) => void {
  if (second === undefined) return first;
  return (event) => {
    first(event);
    second(event);
  };
}
