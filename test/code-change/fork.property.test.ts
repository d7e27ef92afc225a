import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Flujo } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import type { Entry } from "../../src/model/entry.ts";
import type { Spec } from "./support/pure-program.ts";
import { anySpec, programOf, reshaped, stepsOf } from "./support/pure-program.ts";
import { RUN_ID } from "./support/workbench.ts";

vi.setConfig({ testTimeout: 60_000 }); // hundreds of runs, and machines may be busy

const ONES: ReadonlyMap<number, string> = new Map();

/** A run that is parked when so many steps have been called: those under way then count as never finished. */
async function parked(spec: Spec, afterCalls: number) {
  const store = memoryStore();
  const flujo = new Flujo({ state: store });
  const asked = new Map<string, string>();
  let calls = 0;
  const { promise: isFull, resolve: full } = Promise.withResolvers<void>();
  const called = (path: string, input: string): Promise<void> | void => {
    asked.set(path, input);
    if (++calls < afterCalls) return undefined;
    full();
    return new Promise<never>(() => undefined);
  };
  const going = flujo.run(programOf(spec, { versions: ONES, called }), "in" as never, { runId: RUN_ID });
  await Promise.race([isFull, going]);
  await new Promise(setImmediate); // what came with the last call is taken in, too
  await flujo.close();
  const { status } = await going;
  const entries = await store.entries({ runId: RUN_ID });
  return { store, status, had: outcomes(entries, asked) };
}

/** What has an outcome: which instance of a step, and what it was asked. */
function outcomes(entries: readonly Entry[], asked: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(
    entries.flatMap((entry) =>
      entry.type === "operation-finished" && asked.has(entry.key) ? [`${entry.key} ${asked.get(entry.key)}`] : [],
    ),
  );
}

async function undisturbed(spec: Spec, versions: ReadonlyMap<number, string>) {
  const flujo = new Flujo();
  return flujo.run(programOf(spec, { versions, called: () => undefined }), "in" as never, { runId: RUN_ID });
}

/** How a run that was parked is forked: by which program, and when the fork is parked itself. */
interface Forking {
  readonly spec: Spec;
  readonly versions: ReadonlyMap<number, string>;
  readonly parkAfter: number;
}

/** Forks a run, parks the fork, and goes on with that by the same program. Looks at all that was called since. */
async function forked({ store }: Awaited<ReturnType<typeof parked>>, { spec, versions, parkAfter }: Forking) {
  const again: { readonly path: string; readonly what: string }[] = [];
  const { promise: isFull, resolve: full } = Promise.withResolvers<void>();
  let isOver = false;
  const called = (path: string, input: string): Promise<void> | void => {
    if (!isOver && again.length >= parkAfter) {
      full();
      return new Promise<never>(() => undefined); // it never gets there
    }
    again.push({ path, what: `${path} ${input}` });
    return undefined;
  };
  const program = programOf(spec, { versions, called });
  const first = new Flujo({ state: store });
  const going = first.resume(program, RUN_ID, { onCodeChange: "fork" });
  await Promise.race([isFull, going]);
  await new Promise(setImmediate);
  await first.close();
  const { runId } = await going;
  isOver = true;
  const result = await new Flujo({ state: store }).resume(program, runId);
  return { result, again, read: await new Flujo({ state: store }).result(runId) };
}

const idOf = (path: string): number => Number(/n(\d+)(?:\[\d+\])?$/.exec(path)?.[1]);

test("whatever step changes, and whenever a run was parked, its fork gives what an undisturbed run of the new program gives, and calls no other step again that had an outcome", async () => {
  let [forks, kept] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      anySpec(),
      fc.nat(),
      fc.integer({ min: 1, max: 20 }),
      fc.nat({ max: 20 }),
      async (spec, which, afterCalls, parkAfter) => {
        const steps = stepsOf(spec);
        const changed = steps[which % steps.length] ?? 0;
        const before = await parked(spec, afterCalls);
        if (before.status !== "stopped") return;
        const versions = new Map([[changed, "2"]]);
        const { result, again, read } = await forked(before, { spec, versions, parkAfter });
        const expected = await undisturbed(spec, versions);
        expect({ status: result.status, output: result.unwrap(), context: result.context }).toEqual({
          status: "succeeded",
          output: expected.unwrap(),
          context: expected.context,
        });
        expect({ output: read.unwrap(), context: read.context }).toEqual({ output: expected.unwrap(), context: expected.context });
        expect(again.filter(({ path, what }) => idOf(path) !== changed && before.had.has(what)).map(({ what }) => what)).toEqual([]);
        expect(new Set(again.map(({ what }) => what)).size).toBe(again.length);
        if (result.runId !== RUN_ID) forks++;
        kept += before.had.size;
      },
    ),
    { numRuns: 200 },
  );
  expect(forks).toBeGreaterThan(40);
  expect(kept).toBeGreaterThan(forks);
});

type Reshape = "drop" | "reverse" | "repeat" | "wrap";

/** Members that go, come, or stand in another order: what is kept must be what is asked for there. */
function changeShape(spec: Spec, seed: number, how: Reshape): Spec {
  let at = seed;
  let next = 1_000;
  return reshaped(spec, ({ kind }, members) => {
    if (at-- !== 0) return members;
    if (how === "drop") return members.length > 1 ? members.slice(1) : members;
    if (how === "reverse") return members.toReversed();
    if (how === "repeat" || kind !== "sequence") return [...members, { kind: "step", id: next++, writes: true }];
    return [{ kind: "step", id: next++, writes: false }, ...members];
  });
}

test("whatever members come, go or move beside a step that changes, a fork gives what an undisturbed run of the new program gives", async () => {
  let forks = 0;
  await fc.assert(
    fc.asyncProperty(
      anySpec(),
      fc.record({
        which: fc.nat(),
        afterCalls: fc.integer({ min: 1, max: 20 }),
        parkAfter: fc.nat({ max: 20 }),
        at: fc.nat({ max: 5 }),
        how: fc.constantFrom<Reshape>("drop", "reverse", "repeat", "wrap"),
      }),
      async (spec, { which, afterCalls, parkAfter, at, how }) => {
        const before = await parked(spec, afterCalls);
        if (before.status !== "stopped") return;
        const after = changeShape(spec, at, how);
        const steps = stepsOf(after);
        const versions = new Map([[steps[which % steps.length] ?? 0, "2"]]);
        const { result, read } = await forked(before, { spec: after, versions, parkAfter });
        if (result.runId === RUN_ID) return; // only what was added has changed: it goes on by its own plan
        forks++;
        const expected = await undisturbed(after, versions);
        expect({ output: result.unwrap(), context: result.context }).toEqual({ output: expected.unwrap(), context: expected.context });
        expect(read.unwrap()).toEqual(expected.unwrap());
      },
    ),
    { numRuns: 200 },
  );
  expect(forks).toBeGreaterThan(40);
});
