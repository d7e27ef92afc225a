import { expect, test } from "vitest";
import type { StoreUnderTest } from "./fixture.ts";
import { atRest, claimOf, commit, finished, refusalOf, rowsOf, seqsOf, started } from "./samples.ts";

const RUNS = Array.from({ length: 20 }, (_, index) => `run-${index}`);
const STEPS = Array.from({ length: 25 }, (_, index) => index);

export function concurrencyContract(underTest: StoreUnderTest): void {
  test("many runs that are made, written and ended at once each have exactly their own rows", async () => {
    const { store } = underTest;
    const drive = async (runId: string): Promise<void> => {
      const lease = await started(store, runId);
      for (const seq of STEPS) await commit(store, lease, [finished(seq, runId, `${runId} ${seq}`)]);
      await store.commit({ lease, rows: [], rest: atRest("succeeded") });
    };
    await Promise.all(RUNS.map(drive));
    for (const runId of RUNS) {
      expect(await store.entries({ runId })).toEqual(STEPS.map((seq) => finished(seq, runId, `${runId} ${seq}`)));
      expect(await store.findRun(runId)).toMatchObject({ status: "succeeded", owner: null });
    }
  });

  test("commits of one run keep their order, even those that nobody waits for", async () => {
    const { store } = underTest;
    const leases = await Promise.all(RUNS.map((runId) => started(store, runId)));
    const written = leases.flatMap((lease) => [
      ...STEPS.map((seq) => store.commit({ lease, rows: rowsOf(store, [finished(seq, "p")]) })),
      store.commit({ lease, rows: rowsOf(store, [finished(STEPS.length, "p")]), rest: atRest("succeeded") }),
    ]);
    for (const one of written) await one;
    for (const runId of RUNS) expect(await seqsOf(store, runId)).toEqual([...STEPS, STEPS.length]);
  });

  test("one lost lease fails none of the other runs that are written at the same time", async () => {
    const { store } = underTest;
    const leases = await Promise.all(RUNS.map((runId) => started(store, runId)));
    await store.claimRun(claimOf("run-3"));
    const codes = await Promise.all(
      leases.map((lease) => refusalOf(() => store.commit({ lease, rows: rowsOf(store, [finished(0, "p"), finished(1, "p/a")]) }))),
    );
    expect(codes).toEqual(RUNS.map((runId) => (runId === "run-3" ? "lease_lost" : null)));
    for (const runId of RUNS) expect(await seqsOf(store, runId)).toEqual(runId === "run-3" ? [] : [0, 1]);
  });

  test("one broken commit fails none of the other runs, and its own run has nothing of what came behind it", async () => {
    const { store } = underTest;
    const leases = await Promise.all(RUNS.map((runId) => started(store, runId, [finished(0, "p")])));
    const codes = await Promise.all(
      leases.flatMap((lease) => {
        const second = lease.runId === "run-5" ? 0 : 1;
        return [
          refusalOf(() => commit(store, lease, [finished(9, "p"), finished(second, "p")])),
          refusalOf(() => commit(store, lease, [finished(10, "p")])),
        ];
      }),
    );
    expect(codes[10]).toBe("journal_diverged");
    expect(codes.filter((_, index) => index !== 10 && index !== 11).every((code) => code === null)).toBe(true);
    for (const runId of RUNS.filter((id) => id !== "run-5")) expect(await seqsOf(store, runId)).toEqual([0, 1, 9, 10]);
  });
}
