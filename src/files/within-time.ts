import { systemClock } from "../base/system.ts";

/** How long something may take, and who may call it off. */
export interface TimeLimit {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** The error for when time is up. */
  readonly late: () => Error;
}

/**
 * Waits for work no longer than it may take, even if it does not listen to its signal: a disk that hangs does not either.
 *
 * @throws `late()` when time is up; the signal's reason when it was called off; what the work throws.
 */
export async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>, { timeoutMs, signal, late }: TimeLimit): Promise<T> {
  signal?.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const stop = (reason: unknown): void => {
    reject(reason); // first, or the work's own AbortError would be what is told
    controller.abort(reason);
  };
  const called = (): void => stop(signal?.reason);
  signal?.addEventListener("abort", called, { once: true });
  const off = systemClock.after(timeoutMs, () => stop(late()));
  const working = work(controller.signal);
  working.catch(() => undefined); // whoever waits was told otherwise before
  try {
    return await Promise.race([stopped, working]);
  } finally {
    off();
    signal?.removeEventListener("abort", called);
  }
}
