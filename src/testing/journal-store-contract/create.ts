import { expect, test } from "vitest";
import type { StoreUnderTest } from "./fixture.ts";
import {
  atRest,
  claimOf,
  countsOf,
  finished,
  planCalled,
  refusalOf,
  rowsOf,
  runCalled,
  SAMPLE_TIME_MS,
  seqsOf,
  started,
} from "./samples.ts";

const ODD_IDS = ["it's", 'say "run"', "100%", "a_b", "naïve-läufe-🚀", "; DROP TABLE run; --", " ", "\\"];

export function createContract(underTest: StoreUnderTest): void {
  test("a new run is running, owned at epoch 1, and has its first rows", async () => {
    const { store } = underTest;
    const source = { file: "/somewhere/pipeline.ts", exportName: "triage" };
    const run = { ...runCalled("run-1"), source };
    const lease = await store.createRun(run, rowsOf(store, [finished(0, "p", "first")]));
    expect(lease).toMatchObject({ runId: "run-1", epoch: 1 });
    const { owner, plan } = run;
    const expected = {
      runId: "run-1",
      pipeline: plan.name,
      version: plan.version,
      planHash: plan.hash,
      status: "running",
      source,
      owner,
      epoch: 1,
      pauses: [],
      wakeAtMs: null,
      lineage: null,
    };
    expect(await store.findRun("run-1")).toMatchObject({
      ...expected,
      createdAtMs: SAMPLE_TIME_MS,
      cost: { kind: "free" },
      usage: { modelCalls: 0 },
    });
    expect(await store.entries({ runId: "run-1" })).toEqual([finished(0, "p", "first")]);
  });

  test("a second run of the same id is refused, and the first is left as it was", async () => {
    const { store } = underTest;
    await started(store, "run-1", [finished(0, "p")]);
    const before = await store.findRun("run-1");
    expect(
      await refusalOf(() =>
        store.createRun(runCalled("run-1", planCalled("other")), rowsOf(store, [finished(0, "q"), finished(1, "q/a")])),
      ),
    ).toBe("run_exists");
    expect(await store.findRun("run-1")).toEqual(before);
    expect(await store.entries({ runId: "run-1" })).toEqual([finished(0, "p")]);
  });

  test("of two that make the same run at once, one succeeds", async () => {
    const { store } = underTest;
    const refusals = await Promise.all(
      ["one", "two"].map((name) => refusalOf(() => store.createRun(runCalled("run-1", planCalled(name)), []))),
    );
    expect(countsOf(refusals)).toEqual({ granted: 1, run_exists: 1 });
  });

  test("a run that could not be made leaves nothing behind, and can be made then", async () => {
    const { store } = underTest;
    const run = runCalled("run-1", planCalled("one"));
    expect(await refusalOf(() => store.createRun(run, rowsOf(store, [finished(0, "p"), finished(0, "q")])))).toBe("journal_diverged");
    expect(await store.findRun("run-1")).toBeNull();
    expect(await seqsOf(store, "run-1")).toEqual([]);
    await store.createRun(run, rowsOf(store, [finished(0, "p")]));
    expect(await store.planOf("run-1")).toEqual(planCalled("one"));
    expect(await seqsOf(store, "run-1")).toEqual([0]);
  });

  plansAndIdsContract(underTest);
}

function plansAndIdsContract(underTest: StoreUnderTest): void {
  test("ids are compared letter by letter, and may hold anything", async () => {
    const { store } = underTest;
    for (const runId of ["run-a", "run-A", ...ODD_IDS]) await started(store, runId, [finished(0, runId)]);
    for (const runId of ["run-a", "run-A", ...ODD_IDS]) {
      expect((await store.findRun(runId))?.runId).toBe(runId);
      expect(await seqsOf(store, runId)).toEqual([0]);
    }
  });

  test("each run has its plan, and runs of one plan share it", async () => {
    const { store } = underTest;
    await store.createRun(runCalled("run-1", planCalled("one")), []);
    await store.createRun(runCalled("run-2", planCalled("one")), []);
    await store.createRun(runCalled("run-3", planCalled("three")), []);
    expect(await store.planOf("run-1")).toEqual(planCalled("one"));
    expect(await store.planOf("run-2")).toEqual(planCalled("one"));
    expect(await store.planOf("run-3")).toEqual(planCalled("three"));
    expect(await refusalOf(() => store.planOf("run-4"))).toBe("run_not_found");
  });

  test("a run that comes from another says so, whatever becomes of it", async () => {
    const { store } = underTest;
    const lineage = { root: "run-1", parent: "run-2", how: "continued" } as const;
    const lease = await store.createRun({ ...runCalled("run-3"), lineage }, []);
    expect(await store.findRun("run-3")).toMatchObject({ lineage });
    await store.commit({ lease, rows: [], rest: atRest("stopped") });
    await store.claimRun(claimOf("run-3"));
    expect(await store.findRun("run-3")).toMatchObject({ status: "running", lineage });
  });
}
