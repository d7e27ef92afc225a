import { FlujoError } from "../base/errors.ts";
import type { RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import type { Compiled } from "../plan/compile.ts";
import { checkOptions } from "./check-options.ts";
import type { OnCodeChange, ResumeOptions } from "./options.ts";
import { retryOf } from "./retry.ts";
import type { Runs } from "./runs.ts";
import { programOf } from "./spawned.ts";

/** Which run is tried again, and how. */
export interface WantedRetry {
  readonly compiled: Compiled;
  readonly runId: string;
  readonly options: ResumeOptions;
  /** What happens where the options do not say. */
  readonly onCodeChange: OnCodeChange;
}

/** Tries a run again that failed, or was called off: makes the run that does so, or finds it, and goes on with it. */
export async function retryRun(runs: Runs, wanted: WantedRetry): Promise<RunResult<unknown>> {
  const { compiled, options } = wanted;
  checkOptions(options);
  const record = await runs.recordOf(wanted.runId);
  if (record.status !== "failed" && record.status !== "cancelled") throw await notFailed(runs, record);
  const { machinery, owner, heirs } = runs;
  const onCodeChange = options.onCodeChange ?? wanted.onCodeChange;
  const current = programOf(compiled, record);
  const runId = await retryOf({ store: await runs.open(), record, current, onCodeChange, machinery, owner, heirs });
  try {
    return await runs.resume({ compiled, runId, answers: new Map(), options });
  } finally {
    heirs.delete(runId); // also where it could not be gone on with
  }
}

async function notFailed(runs: Runs, record: RunRecord): Promise<FlujoError> {
  const { runId, status } = record;
  const about = { details: { status } };
  if (status !== "succeeded")
    return new FlujoError("usage_invalid", `Run ${runId} has not failed: it is ${status}.`, {
      ...about,
      remedy: runs.isRunning(record) ? "Wait for its end, or cancel it." : "Resume it: `flujo resume RUN`.",
    });
  const result = await runs.read(record);
  const heir = result.status === "succeeded" ? result.continuedAs : undefined;
  if (heir === undefined)
    return new FlujoError("usage_invalid", `Run ${runId} has succeeded: there is nothing to try again.`, {
      ...about,
      remedy: "Begin a new run to have it done anew.",
    });
  return new FlujoError("usage_invalid", `Run ${runId} has succeeded, and went on as run ${heir}.`, {
    ...about,
    remedy: "Retry that one, should it have failed.",
  });
}
