import { NO_DELAY } from "../resilience/decide-retry.ts";
import type { Flight } from "./fibre.ts";
import type { Clock } from "../base/clock.ts";
import { shareOf } from "./spread.ts";

/** How long an operation waits before it starts, in milliseconds. The runs and calls that failed together come back at different moments: where in the spread is each one's own. */
export function delayOf(flight: Flight, clock: Clock): number {
  const { op } = flight;
  if (!("delay" in op) || op.delay === NO_DELAY) return 0;
  const nowMs = clock.now(); // nearly every operation starts at once, and asks no clock
  const { atLeastMs, spreadMs, fromMs = nowMs } = op.delay;
  const delayMs = atLeastMs + (spreadMs === 0 ? 0 : Math.ceil(spreadMs * shareOf(flight.idempotencyKey, op.attempt)));
  return Math.min(delayMs, Math.max(0, fromMs + delayMs - nowMs)); // clocks of two machines may differ: never longer than it is
}
