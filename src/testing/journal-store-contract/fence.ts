import { expect, test } from "vitest";
import type { StoreUnderTest } from "./fixture.ts";
import { atRest, commit, finished, refusalOf, rowsOf, seqsOf, started } from "./samples.ts";

export function fenceContract(underTest: StoreUnderTest): void {
  test("a lease is void once the run is at rest", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    await store.commit({ lease, rows: [], rest: atRest("succeeded") });
    expect(await refusalOf(() => commit(store, lease, [finished(1, "p/a")]))).toBe("lease_lost");
    expect(await refusalOf(() => store.commit({ lease, rows: [], rest: atRest("failed") }))).toBe("lease_lost");
    expect(await store.findRun("run-1")).toMatchObject({ status: "succeeded" });
    expect(await seqsOf(store, "run-1")).toEqual([0]);
  });

  test("with a lease of another epoch nothing is written: no row, no rest", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    const before = await store.findRun("run-1");
    for (const epoch of [0, 2, 99]) {
      const rows = rowsOf(store, [finished(1, "p/a"), finished(2, "p/b")]);
      expect(await refusalOf(() => store.commit({ lease: { ...lease, epoch }, rows, rest: atRest("failed") }))).toBe("lease_lost");
      expect(await refusalOf(() => store.commit({ lease: { ...lease, epoch }, rows: rows.slice(0, 1) }))).toBe("lease_lost");
    }
    expect(await store.findRun("run-1")).toEqual(before);
    expect(await seqsOf(store, "run-1")).toEqual([0]);
  });

  test("with a lease of a run that is not there nothing is written", async () => {
    const { store } = underTest;
    expect(await refusalOf(() => commit(store, { runId: "run-1", epoch: 1 }, [finished(0, "p")]))).toBe("lease_lost");
    expect(await store.entries({ runId: "run-1" })).toEqual([]);
  });
}
