import { messageOf } from "../base/errors.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { ResumeOptions } from "./options.ts";

/** A listener's throws are remembered for so many runs; one that throws in more of them is said of the older ones again. */
const MOST_RUNS = 1_000;

type Listener = (...args: never) => unknown;

/** How often each listener has thrown, by run: it is made anew for every start and resume, and for what is told in between. */
const thrown = new WeakMap<Listener, Map<string, number>>();

/** The listeners of a run as one; null where there is none. */
export function listenerOf({ onEvent, onProgress, live }: ResumeOptions, runId: string): ((event: RunEvent) => void) | null {
  const events = guarded(onEvent, runId);
  const progress = guarded(onProgress, runId);
  if (progress === null && events === null) return live === true ? () => {} : null;
  return (event) => {
    events?.(event);
    if (event.family === "progress") progress?.(event);
    else if (event.entry.type === "run-finished") for (const listener of [onEvent, onProgress]) reportMore(listener, runId);
  };
}

/** A listener that throws is told of as a warning of the process, once; the run goes on. */
function guarded<E>(listener: ((event: E) => void) | undefined, runId: string): ((event: E) => void) | null {
  if (listener === undefined) return null;
  const warn = (error: unknown): void => report(listener, runId, error);
  return (event) => {
    try {
      const returned: unknown = listener(event);
      if (returned instanceof Promise) returned.catch(warn); // an async function is taken for a listener, too
    } catch (error) {
      warn(error);
    }
  };
}

/** The first time at once; what comes after is only counted, lest a listener that always throws drowns everything else. */
function report(listener: Listener, runId: string, error: unknown): void {
  const counts = thrown.get(listener) ?? new Map<string, number>();
  thrown.set(listener, counts);
  const before = counts.get(runId) ?? 0;
  counts.set(runId, before + 1);
  const [oldest] = counts.keys();
  if (counts.size > MOST_RUNS && oldest !== undefined) counts.delete(oldest);
  if (before === 0) process.emitWarning(`A listener of run ${runId} threw: ${messageOf(error)}`, "FlujoWarning");
}

function reportMore(listener: Listener | undefined, runId: string): void {
  const times = listener === undefined ? 0 : (thrown.get(listener)?.get(runId) ?? 0);
  if (times > 1) process.emitWarning(`A listener of run ${runId} threw ${times} times in all; the first was reported.`, "FlujoWarning");
}

/** Tells both, the first one first. */
export function both<E>(first: (event: E) => void, second: ((event: E) => void) | undefined): (event: E) => void {
  if (second === undefined) return first;
  return (event) => {
    first(event);
    second(event);
  };
}
