import { FlujoError } from "../../base/errors.ts";
import { sleep } from "../../base/system.ts";
import { type Flujo, type RunRecord, systemClock } from "../../index.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { command, noteNext, shortId } from "../hints.ts";
import { cancelledLine } from "../report-run.ts";
import { openFlujo } from "../state.ts";

/** How long the process that runs it is given to end it, in milliseconds, and how often it is looked whether it has. */
const PATIENCE_MS = 5_000;
const LOOK_MS = 25;

/** Calls a run off, whoever runs it, and says what came of that. */
export async function cancel(desk: Desk, wanted: string, { reason = "" }: { readonly reason?: string }): Promise<number> {
  const { output } = desk;
  await using flujo = openFlujo(desk);
  const found = await findRun(desk, flujo, wanted);
  const record = await ended(flujo, found.runId, reason);
  output.document({ ...record, isRunning: false, reason: reason === "" ? null : reason });
  output.print(cancelledLine(shortId(record.runId), reason === "" ? null : reason));
  noteNext(desk, [[command(desk, "trace", shortId(record.runId)), "what it had done by then"]]);
  return DONE;
}

/** The record of the run once it is cancelled. @throws {FlujoError} `usage_invalid` where it ended otherwise; `run_owned` where its process does not end it. */
async function ended(flujo: Flujo, runId: string, reason: string): Promise<RunRecord> {
  const untilMs = systemClock.ticks() + PATIENCE_MS;
  let record: RunRecord = await flujo.cancel(runId, reason);
  while (record.status !== "cancelled") {
    if (systemClock.ticks() > untilMs) throw notYet(record);
    await sleep(LOOK_MS);
    const now: RunRecord = (await flujo.find(runId)) ?? record;
    record = now.status === "cancelled" || flujo.isRunning(now) ? now : await flujo.cancel(runId, reason); // it came to rest before it was told
  }
  return record;
}

function notYet({ runId, owner }: RunRecord): FlujoError {
  const who = owner === null ? "The process that runs it" : `Process ${owner.pid} on ${owner.host}`;
  return new FlujoError("run_owned", `${who} was told to cancel run ${runId}, and has not done so within ${PATIENCE_MS / 1_000} seconds.`, {
    remedy: "It does as soon as it gets to it. If it never will, end that process, then cancel the run again.",
    details: { runId, ...(owner === null ? {} : { host: owner.host, pid: owner.pid }) },
  });
}
