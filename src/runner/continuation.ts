import type { Clock } from "../base/clock.ts";
import { FlujoError } from "../base/errors.ts";
import type { JournalStore } from "../journal/port.ts";
import { FREE } from "../model/cost.ts";
import type { RunStarted } from "../model/entry.ts";
import type { Lineage, Owner, RunRecord } from "../model/run-record.ts";
import type { RunResult } from "../model/run-result.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Compiled } from "../plan/compile.ts";
import { checkInput } from "./start-run.ts";

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
function lineageAfter({ runId, lineage }: RunRecord): Lineage {
  return { root: lineage?.root ?? runId, parent: runId, how: "continued" };
}

/**
 * The id of the run after this one: `orders-7`, then `orders-7.2`, `orders-7.3`. Whoever is not sure that it was made makes
 * the same one.
 *
 * @throws {FlujoError} `run_id_malformed` where it becomes too long.
 */
function continuedId({ runId, lineage }: RunRecord): string {
  const [, base = runId, number] = lineage?.how === "continued" ? (/^(.*)\.(\d+)$/.exec(runId) ?? []) : [];
  const id = `${base}.${number === undefined ? 2 : Number(number) + 1}`;
  if (id.length <= 100) return id;
  throw new FlujoError("run_id_malformed", `The run that goes on after ${runId} would be called ${id}, which is too long.`, {
    remedy: "Begin the line with a shorter run id.",
  });
}

/** What makes the run that goes on. */
interface HeirParts {
  readonly store: JournalStore;
  readonly owner: Owner;
  readonly clock: Clock;
  /** Those that wait for whoever drove the run before them. */
  readonly heirs: Set<string>;
  readonly recordOf: (runId: string) => Promise<RunRecord>;
}

/**
 * Makes the run that goes on in the place of another, at rest, and gives its id. One that is there already is that one.
 *
 * @throws {FlujoError} `input_invalid`, `run_exists`, `run_id_malformed`
 */
export async function makeHeir({ compiled, started, input, context }: Continuation, parts: HeirParts): Promise<string> {
  const { store, owner, clock, heirs, recordOf } = parts;
  const parent = await recordOf(started.runId);
  const lineage = lineageAfter(parent);
  const runId = continuedId(parent);
  const atMs = clock.now();
  const { plan, bindings } = compiled;
  const checked = await checkInput(plan, bindings.input, input);
  const { retried: _, ...begun } = started.entry; // the run after it has places of its own
  const entry: RunStarted = { ...begun, atMs, input: checked, context };
  heirs.add(runId);
  try {
    const made = { runId, plan, source: parent.source, owner, createdAtMs: atMs, lineage };
    const lease = await store.createRun(made, [store.record(entry)]);
    const usage = { usage: NO_USAGE, cost: FREE };
    await store.commit({ lease, rows: [], rest: { status: "stopped", pauses: [], wakeAtMs: null, lastLetter: null, ...usage, atMs } });
  } catch (error) {
    heirs.delete(runId);
    if (!FlujoError.is(error, "run_exists")) throw error;
    if ((await recordOf(runId)).lineage?.parent !== started.runId) throw error; // else it was made before a crash
  }
  return runId;
}
