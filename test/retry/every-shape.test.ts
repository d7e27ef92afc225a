import { inspect } from "node:util";
import { expect, test, vi } from "vitest";
import type { Shape } from "../golden/support/shapes.ts";
import { OWN } from "../golden/support/own-goldens.ts";
import { definitionOf } from "../../src/dsl/program.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { JournalStore, RunResult } from "../../src/index.ts";
import { compile } from "../../src/plan/compile.ts";
import { retryRun } from "../../src/runner/retry-run.ts";
import { Runs } from "../../src/runner/runs.ts";
import type { PerformerAround } from "../../src/runner/launch.ts";
import { ManualClock } from "../../src/testing/index.ts";

vi.setConfig({ testTimeout: 120_000 }); // hundreds of runs, and machines may be busy

/** Has the operation with this number fail, from 0, for good; of those that something performs. */
function failingAt(number: number): { readonly around: PerformerAround; readonly count: () => number } {
  let count = 0;
  const around: PerformerAround = (performer) => ({
    intentOf: (op) => performer.intentOf(op),
    attemptEnded: (key) => performer.attemptEnded(key),
    release: () => performer.release(),
    perform: (op, handle) => {
      if (count++ !== number) return performer.perform(op, handle);
      return { status: "failed", failure: { code: "step_failed", message: `${op.key}: planted`, path: op.key, retryable: false } };
    },
  });
  return { around, count: () => count };
}

interface Played {
  readonly result: RunResult<unknown>;
  readonly count: number;
}

/** Where runs are, and what time it is there. */
interface Place {
  readonly store: JournalStore;
  readonly clock: ManualClock;
}

async function played({ program, input = "in" }: Shape, { store, clock }: Place, number: number): Promise<Played> {
  const { around, count } = failingAt(number);
  const runs = new Runs({ state: store, clock }, { around });
  const result = await clock.until(runs.start(compile(definitionOf(program)), input, { runId: "r" }));
  await runs.close();
  return { result, count: count() };
}

async function retried({ program }: Shape, { store, clock }: Place, runId: string): Promise<RunResult<unknown>> {
  const runs = new Runs({ state: store, clock });
  const compiled = compile(definitionOf(program));
  const result = await clock.until(retryRun(runs, { compiled, runId, options: {}, onCodeChange: "refuse" }));
  await runs.close();
  return result;
}

/** What it says of a run that would undo something twice. */
const TWICE = /would undo that twice/;

/** Tries a run again until it does not fail any more, at most twice; null where that is refused, since something would be undone twice. */
async function mended(shape: Shape, place: Place, failed: string): Promise<RunResult<unknown> | null> {
  let runId = failed;
  for (let turn = 0; ; turn++) {
    try {
      const result = await retried(shape, place, runId);
      if (result.status !== "failed" || turn === 1) return result;
      ({ runId } = result);
    } catch (error) {
      if (error instanceof Error && TWICE.test(error.message)) return null;
      throw error;
    }
  }
}

/** What came out of it. Runs that a retry has started are called after it. */
function outputOf(result: RunResult<unknown>): string {
  return result.status === "succeeded" ? inspect(result.output, { depth: 20 }).replaceAll(/-retry-\d+/g, "") : result.status;
}

test("whichever operation of whatever kind of node fails for good, a retry of the run gives what it gives undisturbed; only where a compensation has failed it may be refused", async () => {
  let [retries, refused] = [0, 0];
  for (const [name, make] of OWN) {
    if (make().cancelsAfterMs !== undefined) continue;
    const whole = await played(make(), { store: memoryStore(), clock: new ManualClock() }, -1);
    for (let number = 0; number < whole.count; number++) {
      const shape = make();
      const place = { store: memoryStore(), clock: new ManualClock() };
      const { result } = await played(shape, place, number);
      if (result.status !== "failed") continue; // it was caught, or had lost a race anyway
      retries++;
      const again = await mended(shape, place, result.runId);
      if (again !== null) expect(`${name} ${number}: ${outputOf(again)}`).toBe(`${name} ${number}: ${outputOf(whole.result)}`);
      else {
        expect(name).toMatch(/undone|compensation/);
        refused++;
      }
    }
  }
  expect(retries).toBeGreaterThan(250);
  expect(refused).toBeLessThan(retries / 20);
});
