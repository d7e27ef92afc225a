import { messageOf } from "../base/errors.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { ResumeOptions } from "./options.ts";

/** The listeners of a run as one; null where there is none. */
export function listenerOf({ onEvent, onProgress, live }: ResumeOptions, runId: string): ((event: RunEvent) => void) | null {
  const events = guarded(onEvent, runId);
  const progress = guarded(onProgress, runId);
  if (progress === null) return events ?? (live === true ? () => {} : null);
  return (event) => {
    events?.(event);
    if (event.family === "progress") progress(event);
  };
}

/** A listener that throws is told of as a warning of the process; the run goes on. */
function guarded<E>(listener: ((event: E) => void) | undefined, runId: string): ((event: E) => void) | null {
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
