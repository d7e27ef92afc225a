import { expect, test } from "vitest";
import type { StoreUnderTest } from "./fixture.ts";
import { finished, refusalOf, seqsOf, started } from "./samples.ts";

export function entriesContract(underTest: StoreUnderTest): void {
  test("entries are read from a seq on, and no more than asked for", async () => {
    const { store } = underTest;
    await started(
      store,
      "run-1",
      [0, 1, 2, 5, 8].map((seq) => finished(seq, "p")),
    );
    const read = async (query: { readonly fromSeq?: number; readonly limit?: number }) =>
      (await store.entries({ runId: "run-1", ...query })).map(({ seq }) => seq);
    expect(await read({ fromSeq: 2 })).toEqual([2, 5, 8]);
    expect(await read({ fromSeq: 3, limit: 1 })).toEqual([5]);
    expect(await read({ fromSeq: 9 })).toEqual([]);
    expect(await read({ limit: 0 })).toEqual([]);
  });

  test("single entries come in the order asked for; those that are not there are left out", async () => {
    const { store } = underTest;
    await started(
      store,
      "run-1",
      [0, 1, 4].map((seq) => finished(seq, "p")),
    );
    expect((await store.entriesAt("run-1", [4, 0, 3, 4])).map(({ seq }) => seq)).toEqual([4, 0, 4]);
  });

  test("no question, however odd, gets at another run's entries or throws", async () => {
    const { store } = underTest;
    await started(store, "run-1", [finished(0, "a")]);
    await started(store, "run-2", [finished(0, "b")]);
    await started(store, "run-3", [finished(0, "c")]);
    const odd = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 27, -(2 ** 27), 2 ** 53, 1e300];
    expect(await store.entriesAt("run-2", odd)).toEqual([]);
    for (const number of odd) {
      for (const entry of await store.entries({ runId: "run-2", fromSeq: number })) expect(entry).toEqual(finished(0, "b"));
      for (const entry of await store.entries({ runId: "run-2", limit: number })) expect(entry).toEqual(finished(0, "b"));
      expect((await store.listRuns({ limit: number })).length).toBeLessThanOrEqual(3);
    }
    for (const runId of ["", "%", "run-_", "run-1' OR '1'='1", "\0", "run-1\0", "\ud800"]) {
      expect(await store.findRun(runId)).toBeNull();
      expect(await seqsOf(store, runId)).toEqual([]);
      expect(await store.openEntries(runId)).toEqual([]);
      expect(await refusalOf(() => store.planOf(runId))).toBe("run_not_found");
    }
  });

  test("a store has a name, and closing it twice is harmless", async () => {
    const { store } = underTest;
    expect(store.name).not.toBe("");
    await store.close();
    await store.close();
  });
}
