import { AsyncLocalStorage } from "node:async_hooks";

/** What closes the network, for as long as it does. */
export interface Closing {
  isOver: boolean;
  /** Told of each attempt to reach it; null where nobody listens. */
  readonly onAttempt: ((attempt: { readonly target: string; readonly path: string | null }) => void) | null;
}

/**
 * What is around a piece of work and all that it awaits: on behalf of whom it is done, whether a network is there, what time
 * and chance are. One for all of that, since each more would cost every function that is run.
 */
export interface Surroundings {
  readonly outer: Surroundings | null;
  /** The operation that it is done for; null where that is not known. */
  readonly path: string | null;
  /** What closes the network here; null where that is only done around it. */
  readonly closing: Closing | null;
  /** What gives time and chance here; null where that is only done around it. Whoever puts it there knows what it is. */
  readonly sandbox: object | null;
}

const all = new AsyncLocalStorage<Surroundings | null>();

/** The innermost surroundings; null where there are none. */
export function here(): Surroundings | null {
  return all.getStore() ?? null;
}

/** Does something in these surroundings, or in none. */
export function doneIn<T>(surroundings: Surroundings | null, work: () => T): T {
  return all.run(surroundings, work);
}
