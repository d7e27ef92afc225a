import type { Flujo, RunEvent, RunRecord, RunResult } from "../index.ts";
import type { Conduct } from "./conduct.ts";
import { conduct } from "./conduct.ts";
import type { Desk } from "./desk.ts";
import type { LoadedProgram } from "./load-program.ts";
import { viewOf } from "../model/run-view.ts";

/** How a run is gone on with. */
export interface GoOn {
  readonly flujo: Flujo;
  readonly record: RunRecord;
  readonly loaded: LoadedProgram;
  readonly go: (onEvent: (event: RunEvent) => void) => Promise<RunResult<unknown>>;
  /** Whether another goes on from where it ended, so that its end does not count. Default: no. */
  readonly isRetried?: boolean;
}

/**
 * Goes on with a run that exists, showing what it did before as well. Its models are looked at first: a run that fails
 * for want of a key cannot be gone on with.
 */
export async function goOn(desk: Desk, { flujo, record, loaded, go, isRetried = false }: GoOn): Promise<Conduct> {
  const view = viewOf(await flujo.entries(record.runId), record.runId);
  const from = isRetried ? { ...view, end: null } : view;
  const { program, label } = loaded;
  if (from.end !== null) return conduct(desk, { flujo, from, go, file: label });
  const given = await flujo.check(program, from.model === null ? {} : { model: from.model });
  const plan = given.name === record.pipeline ? given : await flujo.planOf(record.runId); // one that it started in the background
  return conduct(desk, { flujo, from, go, plan, file: label });
}
