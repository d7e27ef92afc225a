import { FlujoError } from "../base/errors.ts";
import type { Owner, RunRecord } from "../model/run-record.ts";
import type { RunStatus } from "../model/run-result.ts";
import { isTerminal } from "../model/run-result.ts";
import type { ClaimRequest, RunLease } from "./port.ts";

/** A run id is taken. */
export function runExists(runId: string): FlujoError {
  return new FlujoError("run_exists", `There is a run ${runId} already.`, { details: { runId } });
}

/** No run has this id. */
export function runNotFound(runId: string): FlujoError {
  return new FlujoError("run_not_found", `There is no run ${runId}.`, { details: { runId } });
}

/** Somebody else has the run, and is named. */
export function runOwned(runId: string, owner: Owner): FlujoError {
  return new FlujoError("run_owned", `Run ${runId} is being run by process ${owner.pid} on ${owner.host}.`, {
    details: { runId, host: owner.host, pid: owner.pid },
  });
}

/** The run will never go on, so there is nothing to claim and nobody to tell. */
export function runHasEnded(runId: string, status: RunStatus): FlujoError {
  return new FlujoError("usage_invalid", `Run ${runId} has already ended (${status}).`, {
    details: { runId, status },
    remedy: "`flujo show RUN` shows its result; start a new run to do it again.",
  });
}

/** A write came with a lease that is void. Nothing of it was written. */
export function leaseLost(lease: RunLease): FlujoError {
  return new FlujoError("lease_lost", `Run ${lease.runId} is no longer this process's to write to (epoch ${lease.epoch}).`, {
    details: { ...lease },
  });
}

/** A journal has a place for each seq once. Only a fault of the engine, or two writers with one lease, can ask for it twice. */
export function seqTaken(runId: string, seq: number): FlujoError {
  return new FlujoError("journal_diverged", `Entry ${seq} of run ${runId} is there already.`, { details: { runId, seq } });
}

/**
 * Says why a run cannot be claimed, by what its record said a moment ago; null if it can. The claim itself must still
 * compare owner and epoch in one atomic step with taking over.
 */
export function refusalOfClaim(run: Pick<RunRecord, "status" | "owner">, request: ClaimRequest): FlujoError | null {
  if (isTerminal(run.status)) return runHasEnded(request.runId, run.status);
  if (run.owner !== null && request.isAlive(run.owner)) return runOwned(request.runId, run.owner);
  return null;
}
