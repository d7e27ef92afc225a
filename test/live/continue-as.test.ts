import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Step } from "../../src/index.ts";
import { agent, asTool, Flujo, pipeline, step } from "../../src/index.ts";
import { memoryStore } from "../../src/journal/memory/memory-store.ts";
import { scriptedModel } from "../../src/testing/index.ts";
import { Lab, RUN } from "../laws/support/lab.ts";
import { logs, Shared, shared } from "../semantics/support/context.ts";
import { turns } from "../semantics/support/stage.ts";

/** Counts up to `last`, a number in each run. */
const counting = (last: number) =>
  shared()
    .step(step("take", (n: number) => n))
    .step(logs("round"))
    .step(
      step({
        name: "again",
        context: Shared,
        run: (n: unknown, { continueAs }) => (Number(n) < last ? continueAs(Number(n) + 1) : `counted to ${String(n)}`),
      }),
    );

test("the runs of a line are on record each for itself, with where it comes from, its own input and what it had of the context", async () => {
  const flujo = new Flujo();
  const result = await flujo.run(counting(3), 1, RUN);
  expect(result).toMatchObject({ status: "succeeded", runId: "run-1.3", output: "counted to 3", context: { sum: 3 } });
  const records = await Promise.all(["run-1", "run-1.2", "run-1.3"].map((runId) => flujo.find(runId)));
  expect(records.map((record) => [record?.status, record?.lineage])).toEqual([
    ["succeeded", null],
    ["succeeded", { root: "run-1", parent: "run-1", how: "continued" }],
    ["succeeded", { root: "run-1", parent: "run-1.2", how: "continued" }],
  ]);
  expect(await flujo.result("run-1")).toMatchObject({ status: "succeeded", output: null, continuedAs: "run-1.2", context: { sum: 1 } });
  expect((await flujo.entries("run-1.2"))[0]).toMatchObject({ type: "run-started", input: 2, context: { sum: 1 } });
});

test("wherever its process dies, whoever goes on with the first run gets to the same end, and no run of the line is made twice", async () => {
  const whole = new Lab();
  expect(await whole.flujo().run(counting(3), 1, RUN)).toMatchObject({ output: "counted to 3" });
  const commits = whole.log.length + 3; // making a run is one, too
  let crashes = 0;
  for (let commit = 0; commit < commits; commit++) {
    const lab = new Lab();
    const { flujo, crashed } = lab.doomed(commit);
    const running = flujo.run(counting(3), 1, RUN);
    if ((await Promise.race([crashed, running])) !== "crashed") continue;
    crashes++;
    const result = await lab.flujo().resume(counting(3), RUN.runId);
    expect(result, `after commit ${commit}`).toMatchObject({ status: "succeeded", output: "counted to 3", context: { sum: 3 } });
    const runs = await lab.inner.listRuns({});
    expect(runs.map(({ runId, status }) => `${runId} ${status}`).toSorted(), `after commit ${commit}`).toEqual([
      "run-1 succeeded",
      "run-1.2 succeeded",
      "run-1.3 succeeded",
    ]);
  }
  expect(crashes).toBeGreaterThan(10);
});

test("that a run goes on, and as what, is on record before the next run is made: a crash in between cannot change it", async () => {
  let crashes = 0;
  for (let commit = 1; commit < 12; commit++) {
    const lab = new Lab();
    let drawn = 0;
    const program = step("draw", (n: number, { continueAs }): number => (n === 0 ? continueAs(++drawn) : n)); // another one each time
    const { flujo, crashed } = lab.doomed(commit);
    const running = flujo.run(program, 0, RUN);
    if ((await Promise.race([crashed, running])) !== "crashed") continue;
    crashes++;
    const result = await lab.flujo().resume(program, RUN.runId);
    const decided = (await lab.journal()).flatMap((entry) =>
      entry.type === "operation-finished" && entry.outcome.status === "failed" ? [entry.outcome.failure.continueWith] : [],
    );
    expect(decided, `after commit ${commit}`).toEqual([expect.objectContaining({ input: result.unwrap() })]);
  }
  expect(crashes).toBeGreaterThan(3);
});

test("a next input that the program does not take fails the run, and no other is made", async () => {
  const flujo = new Flujo();
  const program = pipeline({ name: "p", input: z.number() }).step("again", (_n, { continueAs }): number => continueAs("not a number"));
  expect(await flujo.run(program, 1, RUN)).toMatchObject({ status: "failed", failure: { code: "input_invalid", path: "p/again" } });
  expect(await flujo.find("run-1.2")).toBeNull();
  expect((await flujo.list()).length).toBe(1);
});

test("a run of somebody else's that has the next id is not taken for the next of the line", async () => {
  const flujo = new Flujo();
  const other = step("other", (n: number) => n);
  await flujo.run(other, 1, { runId: "run-1.2" });
  expect(await flujo.run(counting(3), 1, RUN)).toMatchObject({ status: "failed", failure: { code: "run_exists" } });
  expect(await flujo.result("run-1.2")).toMatchObject({ output: 1 });
  const long = "x".repeat(99);
  expect(await flujo.run(counting(3), 1, { runId: long })).toMatchObject({ status: "failed", failure: { code: "run_id_malformed" } });
  expect(await flujo.find(long)).toMatchObject({ status: "failed", owner: null });
});

const again = step("again", (n: unknown, { continueAs }): number => continueAs(Number(n) + 1));
const told: string[] = [];
const patient = step("patient", (_: unknown, { signal }): Promise<number> => {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => {
      told.push(String(signal.reason));
      reject(new Error("stopped"));
    }),
  );
});
const byTool = agent({
  name: "ask",
  instructions: "",
  input: z.number(),
  model: scriptedModel([{ calls: [{ tool: "again", input: { n: 1 } }] }, "never asked"]),
  tools: [
    asTool(
      step("again", ({ n }: { readonly n: number }, { continueAs }): number => continueAs(n + 1)),
      { description: "Goes on.", input: z.object({ n: z.number() }) },
    ),
  ],
});
const inside: Readonly<Record<string, Step<number, unknown>>> = {
  map: pipeline()
    .step("list", (n: number) => [n, n])
    .map(again, { onFailure: "collect" }),
  parallel: pipeline().parallel({ a: again, b: patient }, { onFailure: "ignore" }),
  quorum: pipeline().parallel({ a: again, b: patient, c: patient }, { join: "any" }),
  loop: pipeline().loop(again, { maxIterations: 3 }),
  nested: pipeline().step(pipeline({ name: "inner" }).step(again)),
  policy: pipeline().step(pipeline({ name: "inner" }).step(again), {
    retry: { retries: 3, firstDelayMs: 0 },
    fallback: step("never", () => -1),
    onError: { default: -2 },
    timeoutMs: 60_000,
    totalTimeoutMs: 60_000,
  }),
  tap: pipeline().tap(again, { onError: "ignore" }),
  "tool of an agent": byTool,
};

test.each(Object.keys(inside))("inside a %s it ends the whole run, and what goes on beside it is called off", async (where) => {
  const flujo = new Flujo();
  const program = pipeline({ name: "p", input: z.number() }).branch((n) => (n < 2 ? "first" : "later"), {
    first: inside[where] ?? again,
    later: step("done", (n: number) => `done with ${n}`),
  });
  told.length = 0;
  expect(await flujo.run(program, 1, RUN)).toMatchObject({ status: "succeeded", runId: "run-1.2", output: "done with 2" });
  expect(await flujo.result(RUN.runId)).toMatchObject({ status: "succeeded", continuedAs: "run-1.2" });
  expect(told).toEqual(where === "parallel" ? ["lost-race"] : where === "quorum" ? ["lost-race", "lost-race"] : []);
  expect(await flujo.query(RUN.runId)).toMatchObject({ frontier: [] });
});

test("two thousand generations more take no more memory, and no stack", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap: number[] = [];
  const store = memoryStore({ keep: 5 });
  const flujo = new Flujo({ state: store, strict: false });
  const depths: number[] = [];
  const program = step("again", async (n: number, { continueAs }): Promise<number> => {
    if (n === 2_000 || n === 4_000) {
      await turns();
      collect();
      heap.push(process.memoryUsage().heapUsed);
      depths.push((new Error("here").stack ?? "").split("\n").length);
    }
    return n < 4_000 ? continueAs(n + 1) : n;
  });
  const result = await flujo.run(program, 1, RUN);
  expect(result).toMatchObject({ status: "succeeded", output: 4_000, runId: "run-1.4000" });
  const [early = 0, late = 0] = heap;
  expect(late - early, "bytes").toBeLessThan(2_000 * 100); // a run that is kept is several thousand
  expect(depths[1]).toBe(depths[0]);
});

test("a run that has gone on as another is called off there, by the first run's id; by the signal it was started with, too", async () => {
  const makes = () => {
    const begun = Promise.withResolvers<void>();
    const program = pipeline({ name: "p", input: z.number() }).step("again", (n, { continueAs, signal }): Promise<number> | number => {
      if (n < 3) return continueAs(n + 1);
      begun.resolve();
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));
    });
    return { program, begun: begun.promise };
  };
  const flujo = new Flujo();
  const first = makes();
  const running = flujo.run(first.program, 1, RUN);
  await first.begun;
  expect(await flujo.cancel(RUN.runId, "enough")).toMatchObject({ runId: "run-1.3", status: "cancelled" });
  expect(await running).toMatchObject({ status: "cancelled", reason: "enough", runId: "run-1.3" });
  await expect(flujo.cancel(RUN.runId)).rejects.toMatchObject({ code: "usage_invalid" });
  const second = makes();
  const abort = new AbortController();
  const other = flujo.run(second.program, 1, { runId: "second", signal: abort.signal });
  await second.begun;
  abort.abort();
  expect(await other).toMatchObject({ status: "cancelled", runId: "second.3" });
});

test("called off between its end and the next run, the line ends there", async () => {
  const abort = new AbortController();
  const flujo = new Flujo();
  const program = step("again", (n: number, { continueAs }): number => {
    if (n === 2) abort.abort("now"); // the word comes while the step is under way, and the step goes on all the same
    return continueAs(n + 1);
  });
  const result = await flujo.run(program, 1, { ...RUN, signal: abort.signal });
  expect(result.status).toBe("cancelled");
  expect((await flujo.list()).map(({ runId, status }) => `${runId} ${status}`)).toEqual(["run-1.2 cancelled", "run-1 succeeded"]);
});
