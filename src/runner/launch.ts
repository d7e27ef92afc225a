import type { JournalStore, RunLease } from "../journal/port.ts";
import type { Entry, RunStarted } from "../model/entry.ts";
import type { InstancePath } from "../model/path.ts";
import type { RunRest } from "../model/run-record.ts";
import type { Compiled } from "../plan/compile.ts";
import type { ResumeOptions } from "./options.ts";
import type { PipelineContext } from "./pipeline-context.ts";

/** What one start or resume of a run brings together. */
export interface Launch {
  readonly compiled: Compiled;
  readonly pipeline: PipelineContext;
  readonly store: JournalStore;
  readonly lease: RunLease;
  readonly started: RunStarted;
  readonly entries: readonly Entry[];
  readonly answers: ReadonlyMap<InstancePath, unknown>;
  readonly before: RunRest;
  readonly options: ResumeOptions;
}
