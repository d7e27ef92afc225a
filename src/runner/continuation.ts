import { FlujoError } from "../base/errors.ts";
import type { RunStarted } from "../model/entry.ts";
import type { Lineage, RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import type { Compiled } from "../plan/compile.ts";

/** What a run goes on with as another one. */
export interface Continuation {
  readonly compiled: Compiled;
  readonly started: { readonly runId: string; readonly entry: RunStarted };
  readonly input: unknown;
  /** The context as the steps that have ended left it. */
  readonly context: unknown;
}

/** The id of the run that goes on in the place of one that has ended so; null where none does. */
export function continuedAs(result: RunResult<unknown>): string | null {
  return result.status === "succeeded" ? (result.continuedAs ?? null) : null;
}

/** Where the run after this one comes from. */
export function lineageAfter({ runId, lineage }: RunRecord): Lineage {
  return { root: lineage?.root ?? runId, parent: runId, how: "continued" };
}

/**
 * The id of the run after this one: `orders-7`, then `orders-7.2`, `orders-7.3`. Whoever is not sure that it was made makes
 * the same one.
 *
 * @throws {FlujoError} `run_id_malformed` where it becomes too long.
 */
export function continuedId({ runId, lineage }: RunRecord): string {
  const [, base = runId, number] = lineage?.how === "continued" ? (/^(.*)\.(\d+)$/.exec(runId) ?? []) : [];
  const id = `${base}.${number === undefined ? 2 : Number(number) + 1}`;
  if (id.length <= 100) return id;
  throw new FlujoError("run_id_malformed", `The run that goes on after ${runId} would be called ${id}, which is too long.`, {
    remedy: "Begin the line with a shorter run id.",
  });
}
