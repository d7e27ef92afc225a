import { FlujoError } from "../base/errors.ts";
import type { InstancePath } from "./path.ts";

/** As much of a wait as says when it is over. */
interface Limited {
  /** Null or absent where it waits for as long as it takes. */
  readonly wakeAtMs?: number | null;
}

/**
 * Whether what is given to a wait at this moment, in milliseconds since 1970, comes after its time. It does not matter
 * whether anybody ran the run then: the last millisecond is in time, all after it is late.
 */
export function isLate(atMs: number, { wakeAtMs = null }: Limited): boolean {
  return wakeAtMs !== null && atMs > wakeAtMs;
}

/** What whoever answers a wait is told whose time is over. */
export function tooLate(runId: string, { key, wakeAtMs = null }: Limited & { readonly key: InstancePath }): FlujoError {
  const when = wakeAtMs === null ? "" : ` at ${new Date(wakeAtMs).toISOString()}`;
  return new FlujoError("pause_not_found", `Run ${runId} takes no answer at ${key} any more: its time was over${when}.`, {
    remedy: "The time limit takes effect when somebody goes on with the run: `flujo resume RUN`, or `flujo work FILE`.",
    details: { pause: key, wakeAtMs },
  });
}
