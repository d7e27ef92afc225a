import { FlujoError, messageOf } from "../base/errors.ts";
import type { Op } from "../core/program.ts";
import { abortedFailure } from "../core/program.ts";
import { UNKNOWN_COST } from "../model/cost.ts";
import type { Recorded } from "../model/entry.ts";
import type { Failure } from "../model/failure.ts";
import { NO_USAGE, ONE_TOOL_CALL } from "../model/usage.ts";
import type { Flight } from "./fibre.ts";

/** Nobody can declare how long a function in a control position may take, so all are bounded alike (design law 5). */
const DECISION_TIMEOUT_MS = 60_000;

/** How long an operation may take, in milliseconds; null where there is no bound. */
export function timeoutOf(op: Op): number | null {
  if (op.kind === "decide") return op.about === "recall" ? null : DECISION_TIMEOUT_MS; // it may wait for whoever makes the same call
  if (op.kind === "step" || op.kind === "model") return op.node.timeoutMs;
  return op.kind === "tool" ? op.tool.timeoutMs : null;
}

/** Whether nobody may do this again while it is not known whether it was done. */
export function failsInDoubt(op: Op): boolean {
  if (op.kind === "step") return op.node.effect === "once" && op.node.inDoubt === "fail";
  return op.kind === "tool" && op.tool.effect === "once" && op.tool.inDoubt === "fail";
}

/** The outcome of an operation that had begun when its process died. */
export function inDoubt({ op }: Flight): Recorded {
  const message = `${op.key}: it had begun when its process ended, and nobody knows whether it was done.`;
  return { status: "failed", failure: { code: "in_doubt", message, path: op.key, retryable: false } };
}

/** The outcome of an operation that took too long. */
export function timedOut(flight: Flight, limitMs: number): Recorded {
  const { key } = flight.op;
  if (failsInDoubt(flight.op)) {
    const message = `${key}: it took longer than ${limitMs} ms, and nobody knows whether it was done.`;
    return { status: "failed", failure: { code: "in_doubt", message, path: key, retryable: false } };
  }
  return abortedOutcome(flight, { code: "timeout", message: `${key}: it took longer than ${limitMs} ms.`, path: key, retryable: true });
}

/** A call that was under way was one. A model's has cost something: what was sent, and what had come by then, as an estimate. */
export function abortedOutcome(flight: Flight, failure: Failure): Recorded {
  if (flight.op.kind === "tool" && flight.isStarted) return { status: "failed", failure, usage: ONE_TOOL_CALL };
  if (flight.op.kind !== "model" || !flight.isStarted) return { status: "failed", failure };
  const { usage, cost } = flight.spent ?? { usage: { ...NO_USAGE, modelCalls: 1 }, cost: UNKNOWN_COST };
  return { status: "failed", failure, usage, cost };
}

/** Performers turn what users' code throws into outcomes; what reaches this is a mistake of ours, and said as one. */
export function performerBroke(flight: Flight, error: unknown): Recorded {
  const { key } = flight.op;
  const known = FlujoError.is(error) ? error.summary : `the runtime itself failed: ${messageOf(error)}`;
  return {
    status: "failed",
    failure: { code: FlujoError.is(error) ? error.code : "step_failed", message: `${key}: ${known}`, path: key, retryable: false },
  };
}

/** The outcome of an operation that went on although it was told to stop, and is left to itself. */
export function abandonedOutcome(flight: Flight, graceMs: number): Recorded {
  const { key } = flight.op;
  const message = `${key} was cancelled, and had not stopped ${graceMs} ms later. It was left to itself, and may still be going on.`;
  return abortedOutcome(flight, {
    code: "cancelled",
    message,
    path: key,
    retryable: false,
    details: { reason: "cancelled", abandoned: true, graceMs },
  });
}

/** What an operation came to after it was told to stop: what it has done, it has done; that it failed is because of that. */
export function afterCancel(flight: Flight, recorded: Recorded): Recorded {
  if (recorded.status === "succeeded") return recorded;
  const cancelled = abortedOutcome(flight, abortedFailure(flight.op.key, "cancelled"));
  const { usage, cost } = recorded;
  if (usage === undefined && cost === undefined) return cancelled;
  return { ...cancelled, ...(usage === undefined ? {} : { usage }), ...(cost === undefined ? {} : { cost }) };
}
