import type { Entry, RunEnd } from "../model/entry.ts";
import type { RunRest } from "../model/run-record.ts";
import type { Ending } from "./run-results.ts";

/** What only the record and its last entry know: that a run was called off, or waits, cannot be worked out by driving it again. */
export function endingOnRecord({ status, pauses, wakeAtMs }: RunRest, entries: readonly Entry[]): Ending {
  if (status === "paused") return { status, pauses, wakeAtMs };
  if (status !== "cancelled") return { status: "stopped" };
  const end = entries.find((entry) => entry.type === "run-finished")?.end;
  return { status, reason: end?.status === "cancelled" ? (end.reason ?? null) : null };
}

/** How a run ended that goes on as another one; null where it has not ended. */
export function endOnRecord(entries: readonly Entry[]): Ending | null {
  const end = entries.find((entry) => entry.type === "run-finished")?.end;
  return end?.status === "succeeded" ? end : null;
}

/** What the last entry of a run says; null where the run may go on. */
export function runEndOf(ending: Ending): RunEnd | null {
  switch (ending.status) {
    case "succeeded":
      return ending.continuedAs === undefined
        ? { status: "succeeded", output: ending.output }
        : { status: "succeeded", output: ending.output, continuedAs: ending.continuedAs };
    case "failed":
      return { status: "failed", failure: ending.failure };
    case "cancelled":
      return ending.reason === null ? { status: "cancelled" } : { status: "cancelled", reason: ending.reason };
    case "paused":
    case "stopped":
      return null;
  }
}
