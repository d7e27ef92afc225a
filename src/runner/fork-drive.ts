import type { ExecutorCore } from "../core/executor-core.ts";
import { ExecutionFrame } from "../core/execution-frame.ts";
import { runProgram } from "../core/run-program.ts";
import { memoryStore } from "../journal/memory/memory-store.ts";
import type { Clock } from "../base/clock.ts";
import type { RunStarted } from "../model/entry.ts";
import type { Plan } from "../model/node.ts";
import { rootPath } from "../model/path.ts";
import type { DriveLog } from "../runtime/drive-log.ts";
import { Operations } from "../runtime/operations.ts";
import type { Replay } from "../runtime/replay.ts";
import { RunJournal } from "../runtime/run-journal.ts";
import { Scheduler } from "../runtime/scheduler.ts";
import { PipelineContext } from "./pipeline-context.ts";
import { NO_PERFORMER } from "./read-result.ts";

/** What is driven, over what is recorded. */
export interface ForkDrive {
  readonly runId: string;
  readonly plan: Plan;
  readonly started: RunStarted;
  readonly replay: Replay;
  readonly core: ExecutorCore;
  readonly clock: Clock;
  /** Told what is asked and how frames end. Default: nobody. */
  readonly log?: DriveLog;
}

/** Drives a plan as far as what is recorded leads. Performs nothing and writes nothing. Gives what the outcomes that were delivered have used. */
export async function driveReading(drive: ForkDrive): Promise<Pick<Operations, "usage" | "cost">> {
  const { runId, plan, started, replay, core, clock, log = null } = drive;
  const { input, context, atMs } = started;
  const key = rootPath(plan.root.segment);
  const pipeline = new PipelineContext({ runId, input, context, reducers: plan.reducers });
  const lease = { runId, epoch: 0 };
  const journal = new RunJournal({ store: memoryStore(), lease, nextSeq: replay.nextSeq, roundTrip: null, onEntries: null }); // nobody commits it
  const unwatched = {
    answers: new Map(),
    onProgress: null,
    watch: null,
    onWait: null,
    graceMs: 0,
    holdMs: 0,
    onArrival: () => undefined,
  };
  const operations = new Operations({ runId, journal, replay, performer: NO_PERFORMER, clock, ...unwatched });
  const scheduler = new Scheduler({ key, core, operations, clock, onTopResult: () => undefined, log, isReading: true });
  await scheduler.run(runProgram(ExecutionFrame.root(plan.root, { key, input, context: pipeline.state, atMs })));
  return operations;
}
