/**
 * The work's own end, or the signal's reason as an exception. Others may wait for the same work: it goes on, and this
 * caller alone stops waiting.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    work.catch(() => undefined); // where nobody waits any more, nobody is told
  }
}
