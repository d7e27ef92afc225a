import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import type { InputOf, Runnable } from "../../../src/index.ts";
import type { AnyStep } from "../../../src/index.ts";
import { checkGolden, faults, recordGolden, resumeForTest, runForTest } from "../../../src/testing/index.ts";

/** A program, made anew for each run: what it counts begins at nothing. */
export interface Made<P> {
  readonly program: P;
  /** How often the world was asked for something since it was made: models, embeddings. */
  readonly asked: () => number;
  /** How much of it goes on at the same time: whatever is under way when a process dies may be asked again. @defaultValue `1` */
  readonly atOnce?: number;
}

/**
 * Cuts runs of the program off at every operation, before it is done and after, and goes on with each: what it comes to is that of the
 * undisturbed run, and nothing is asked again but what was under way.
 *
 * @returns How many cuts that were.
 */
export async function holdsWhereverItIsCut<P extends AnyStep>(make: () => Made<P & Runnable<P>>, input: InputOf<P>): Promise<number> {
  const whole = make();
  const undisturbed = await runForTest(whole.program, input);
  const output = undisturbed.result.unwrap();
  const operations = undisturbed.entries.flatMap((entry) =>
    entry.type === "operation-finished" && (entry.op === "step" || entry.op === "model") ? [entry.key] : [],
  );
  for (const at of operations) {
    for (const when of ["before", "after"] as const) {
      const { program, asked } = make();
      const cut = await runForTest(program, input, { faults: faults([{ at: literally(at), do: "crash", when }]) });
      expect(cut.result.status, `${at}: crashed ${when}`).toBe("stopped");
      const { result } = await resumeForTest(program, cut.result.runId, { state: cut.state });
      expect(isDeepStrictEqual(result.unwrap(), output), `${at}: the same after a crash ${when}`).toBe(true);
      const lost = (when === "after" ? 1 : 0) + (whole.atOnce ?? 1) - 1;
      expect(asked(), `${at}: asked no more than was lost`).toBeLessThanOrEqual(whole.asked() + lost);
    }
  }
  return operations.length * 2;
}

/** Records a golden of it and checks the same against that: nothing of the world is asked then, and nothing drifts. */
export async function keepsItsGolden<P extends AnyStep>(make: () => Made<P>, input: InputOf<P>): Promise<void> {
  const golden = await recordGolden(make().program, input, { redact: false });
  const again = make();
  const { level, causes } = await checkGolden(again.program, golden, { redact: false });
  expect(causes.map(({ head }) => `${head.class} at ${head.path}`)).toEqual([]);
  expect(level).toBe("clean");
  expect(again.asked()).toBe(0);
}

/** A path as a pattern that stands for itself alone; attempts are left out of patterns. */
function literally(path: string): string {
  return path.replace(/#\d+$/, "");
}
