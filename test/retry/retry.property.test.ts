import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Flujo } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { Entry } from "../../src/model/entry.ts";
import type { Spec } from "../code-change/support/pure-program.ts";
import { anySpec, programOf } from "../code-change/support/pure-program.ts";

vi.setConfig({ testTimeout: 60_000 }); // hundreds of runs, and machines may be busy

const RUN_ID = "run-1";
const ONES: ReadonlyMap<number, string> = new Map();

/** What was done: which instance of a step, and what it was given. */
type Calls = { readonly path: string; readonly what: string }[];

/** A program whose calls with these numbers fail, counted from 1; it notes what each is given. */
function failing(spec: Spec, fails: ReadonlySet<number>, mended?: ReadonlyMap<number, string>) {
  const calls: Calls = [];
  const called = (path: string, input: string): void => {
    calls.push({ path, what: `${path} ${input}` });
    if (fails.has(calls.length)) throw new Error(`call ${calls.length} fails`);
  };
  return { program: programOf(spec, { versions: mended ?? ONES, called }), calls };
}

/** The steps that have succeeded, by what they were given. */
function succeeded(entries: readonly Entry[], calls: Calls): ReadonlySet<string> {
  const given = new Map(calls.map(({ path, what }) => [path, what]));
  return new Set(
    entries.flatMap((entry) => {
      const what = entry.type === "operation-finished" && entry.outcome.status === "succeeded" ? given.get(entry.key) : undefined;
      return what === undefined ? [] : [what];
    }),
  );
}

test("wherever runs fail, one after the other, their retries give what an undisturbed run gives, and call no step again that had succeeded", async () => {
  let [retries, kept] = [0, 0];
  await fc.assert(
    fc.asyncProperty(anySpec(), fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }), async (spec, failsAt) => {
      const store = memoryStore();
      const expected = await new Flujo().run(programOf(spec, { versions: ONES, called: () => undefined }), "in" as never);
      if (expected.status !== "succeeded") return;
      const had = new Set<string>();
      let runId = RUN_ID;
      for (const [round, at] of [...failsAt, 0].entries()) {
        const { program, calls } = failing(spec, new Set([at]));
        const flujo = new Flujo({ state: store });
        const result = round === 0 ? await flujo.run(program, "in" as never, { runId }) : await flujo.retry(program, runId);
        expect(calls.filter(({ what }) => had.has(what))).toEqual([]);
        for (const what of succeeded(await store.entries({ runId: result.runId }), calls)) had.add(what);
        if (round > 0) {
          retries++;
          kept += had.size - calls.length;
        }
        runId = result.runId;
        if (result.status !== "succeeded") continue;
        expect({ output: result.output, context: result.context }).toEqual({ output: expected.output, context: expected.context });
        const read = await new Flujo({ state: store }).result(runId);
        expect({ output: read.unwrap(), context: read.context }).toEqual({ output: expected.output, context: expected.context });
        return;
      }
      throw new Error("A run in which nothing fails has failed.");
    }),
    { numRuns: 250 },
  );
  expect(retries).toBeGreaterThan(150);
  expect(kept).toBeGreaterThan(retries);
});
