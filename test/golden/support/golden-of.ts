import { systemClock } from "../../../src/base/system.ts";
import { definitionOf } from "../../../src/dsl/program.ts";
import type { AnyStep } from "../../../src/dsl/program.ts";
import type { Golden } from "../../../src/golden/golden.ts";
import { runInStandingTime } from "../../../src/golden/replay/run-in-standing-time.ts";
import { traceRun } from "../../../src/golden/trace/trace-run.ts";
import type { JournalStore } from "../../../src/journal/port.ts";
import type { Bindings } from "../../../src/plan/bindings.ts";
import { compile } from "../../../src/plan/compile.ts";

/** The golden of a run that is in a store. */
export async function goldenOf(store: JournalStore, runId: string, context: unknown, bindings: Bindings | null = null): Promise<Golden> {
  const record = await store.findRun(runId);
  if (record === null) throw new Error(`There is no run ${runId}.`);
  const [plan, entries] = [await store.planOf(runId), await store.entries({ runId })];
  return traceRun({ runId, plan, bindings, entries, record, context, clock: systemClock, source: null, startsAtMs: 0, seed: "seed" });
}

/** What the program makes of a golden's answers. */
export function replayed(program: AnyStep, golden: Golden): Promise<Golden> {
  return runInStandingTime({
    compiled: compile(definitionOf(program)),
    begins: golden,
    answers: golden,
    isReal: false,
    isAskedForReal: () => false,
    answer: null,
    options: {},
  });
}
