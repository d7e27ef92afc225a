import { describe, expect, test } from "vitest";
import { z } from "zod";
import { pipeline, step } from "../../src/index.ts";
import { KEPT, RUN_ID, Workbench } from "./support/workbench.ts";

const text = z.string();
const p = pipeline({ name: "p", input: text });
const FORK = `${RUN_ID}-fork-2`;

function work(bench: Workbench, name: string, version = "1") {
  return step({ name, version, run: (value: unknown) => bench.call(name, `${JSON.stringify(value)} ${name}${version}`) });
}

describe.each(KEPT)("a fork in %s", (kept) => {
  const both = (bench: Workbench, left: string) =>
    p
      .step(work(bench, "first"))
      .parallel({
        left: pipeline({ name: "l" })
          .step(work(bench, "a", left))
          .human("asked", { answer: text })
          .step(work(bench, "b")),
        right: pipeline({ name: "r" })
          .step(work(bench, "c"))
          .human("asked", { answer: text })
          .step(work(bench, "d"))
          .human("again", { answer: text }),
      })
      .step(work(bench, "last"));

  test("of a run that waits in a parallel keeps what other branches did, their answers and their questions", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    await bench.answer(both(bench, "1"), "ok", { pause: "p/parallel/right/asked" });
    bench.called();
    const before = await bench.entries();
    const forked = await bench.resume(both(bench, "2"), "fork");
    expect(bench.called()).toEqual(["a"]);
    expect(forked).toMatchObject({
      runId: FORK,
      status: "paused",
      pauses: [{ id: "p/parallel/right/again" }, { id: "p/parallel/left/asked" }],
    });
    const after = await bench.entries(FORK);
    const isKept = (key: string): boolean =>
      before.some(
        (entry) =>
          entry.type === "operation-finished" && entry.key === key && after.some(({ seq, key: also }) => seq === entry.seq && also === key),
      );
    expect(["p/first", "p/parallel/right/c", "p/parallel/right/asked", "p/parallel/right/d"].filter((key) => !isKept(key))).toEqual([]);
    expect(isKept("p/parallel/left/a")).toBe(false);
    await bench.answer(both(bench, "2"), "yes", { runId: FORK, pause: "p/parallel/left/asked" });
    const end = await bench.answer(both(bench, "2"), "done", { runId: FORK });
    expect(bench.called()).toEqual(["b", "last"]);
    expect(end.unwrap()).toContain("a2");
  });

  test("leaves the run it is made of as it was, which can still go on", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    const [entries, record] = [await bench.entries(), await bench.flujo().find(RUN_ID)];
    await bench.resume(both(bench, "2"), "fork");
    expect(await bench.entries()).toEqual(entries);
    expect(await bench.flujo().find(RUN_ID)).toEqual(record);
    expect(await bench.resume(both(bench, "1"))).toMatchObject({ status: "paused", runId: RUN_ID });
    expect(await bench.flujo().find(FORK)).toMatchObject({
      lineage: { root: RUN_ID, parent: RUN_ID, how: "forked" },
      planHash: (await bench.plan(both(bench, "2"))).hash,
    });
  });

  test("is made once: who asks again gets the same, gone on with or ended", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    expect((await bench.resume(both(bench, "2"), "fork")).runId).toBe(FORK);
    expect((await bench.resume(both(bench, "2"), "fork")).runId).toBe(FORK);
    await bench.answer(both(bench, "2"), "1", { runId: FORK, pause: "p/parallel/left/asked" });
    await bench.answer(both(bench, "2"), "2", { runId: FORK, pause: "p/parallel/right/asked" });
    await bench.answer(both(bench, "2"), "3", { runId: FORK });
    bench.called();
    expect(await bench.resume(both(bench, "2"), "fork")).toMatchObject({ runId: FORK, status: "succeeded" });
    expect(bench.called()).toEqual([]);
    expect((await bench.resume(both(bench, "3"), "fork")).runId).toBe(`${RUN_ID}-fork-3`);
  });

  test("of a fork is of the same line", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    await bench.resume(both(bench, "2"), "fork");
    bench.called();
    const third = await bench.resume(both(bench, "3"), "fork", FORK);
    expect(third).toMatchObject({ runId: `${RUN_ID}-fork-3`, status: "paused" });
    expect(bench.called()).toEqual(["a"]);
    expect(await bench.flujo().find(third.runId)).toMatchObject({ lineage: { root: RUN_ID, parent: FORK, how: "forked" } });
  });

  test("takes the next id that is free", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    await bench.run(both(bench, "1"), "in", { runId: FORK });
    expect((await bench.resume(both(bench, "2"), "fork")).runId).toBe(`${RUN_ID}-fork-3`);
  });

  test("of a run that has ended is its result", async () => {
    await using bench = new Workbench(kept);
    await bench.run(p.step(work(bench, "a")), "in");
    bench.called();
    expect(await bench.resume(p.step(work(bench, "a", "2")), "fork")).toMatchObject({ runId: RUN_ID, status: "succeeded" });
    expect(bench.called()).toEqual([]);
  });

  test("of a run that somebody runs is refused", async () => {
    await using bench = new Workbench(kept);
    const gate = Promise.withResolvers<string>();
    const begun = Promise.withResolvers<void>();
    const make = (version: string) => p.step(step({ name: "hold", version, run: () => (begun.resolve(), gate.promise) }));
    const going = bench.run(make("1"), "in");
    await begun.promise;
    await expect(bench.resume(make("2"), "fork")).rejects.toMatchObject({ code: "run_owned" });
    gate.resolve("done");
    expect((await going).unwrap()).toBe("done");
  });

  test("does not take an answer to what will be asked anew", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    const refusal = bench.answer(both(bench, "2"), "ok", { pause: "p/parallel/left/asked", onCodeChange: "fork" });
    await expect(refusal).rejects.toMatchObject({ code: "plan_changed", details: { path: "p/parallel/left/asked" } });
    expect(await bench.flujo().find(FORK)).toBeNull();
  });

  test("that loses its process goes on where it was", async () => {
    await using bench = new Workbench(kept);
    await bench.run(both(bench, "1"), "in");
    await bench.resume(both(bench, "2"), "fork");
    bench.called();
    for (const pause of ["p/parallel/left/asked", "p/parallel/right/asked"])
      await bench.answer(both(bench, "2"), pause, { runId: FORK, pause });
    expect(bench.called()).toEqual(["b", "d"]);
    const end = await bench.answer(both(bench, "2"), "z", { runId: FORK });
    expect({ status: end.status, called: bench.called() }).toEqual({ status: "succeeded", called: ["last"] });
    expect(await bench.flujo().result(FORK)).toEqual(end);
  });

  test("is gone on with by a worker, once; the run it is made of is left alone", async () => {
    await using bench = new Workbench(kept);
    const make = (version: string) =>
      pipeline({ name: "p", input: text })
        .step(work(bench, "a", version))
        .sleep("nap", 3)
        .step(work(bench, "b"));
    await bench.flujo({ holdMs: 0 }).run(make("1"), "in", { runId: RUN_ID });
    bench.called();
    const rested: string[] = [];
    const stop = new AbortController();
    const flujo = bench.flujo({ onCodeChange: "fork" });
    const listen = (event: { readonly type: string; readonly result?: { readonly runId: string; readonly status: string } }): void => {
      if (event.type === "at-rest") rested.push(`${event.result?.runId} ${event.result?.status}`);
    };
    const working = flujo.work([make("2")], { signal: stop.signal, pollMs: 1, onRun: listen });
    await expect.poll(() => rested).toEqual([`${FORK} succeeded`]);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1)); // many more looks
    stop.abort();
    await working;
    expect({ rested, called: bench.called() }).toEqual({ rested: [`${FORK} succeeded`], called: ["a", "b"] });
    expect(await flujo.find(RUN_ID)).toMatchObject({ status: "paused", epoch: 1 });
  });
});
