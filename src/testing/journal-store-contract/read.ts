import { expect, test } from "vitest";
import type { JournalStore } from "../../journal/port.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { atRest, finished, refusalOf, seqsOf, started } from "./samples.ts";

export function readContract(underTest: StoreUnderTest): void {
  async function idsOf(query: Parameters<JournalStore["listRuns"]>[0]): Promise<readonly string[]> {
    return (await underTest.store.listRuns(query)).map(({ runId }) => runId);
  }

  test("entries are read from a seq on, and no more than asked for", async () => {
    const { store } = underTest;
    await started(store, "run-1", [0, 1, 2, 5, 8].map((seq) => finished(seq, "p")));
    const read = async (query: { readonly fromSeq?: number; readonly limit?: number }) => (await store.entries({ runId: "run-1", ...query })).map(({ seq }) => seq);
    expect(await read({ fromSeq: 2 })).toEqual([2, 5, 8]);
    expect(await read({ fromSeq: 3, limit: 1 })).toEqual([5]);
    expect(await read({ fromSeq: 9 })).toEqual([]);
    expect(await read({ limit: 0 })).toEqual([]);
  });

  test("single entries come in the order asked for; those that are not there are left out", async () => {
    const { store } = underTest;
    await started(store, "run-1", [0, 1, 4].map((seq) => finished(seq, "p")));
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

  test("runs are listed newest first, fifty unless told otherwise", async () => {
    const { store } = underTest;
    const ids = Array.from({ length: 60 }, (_, index) => `run-${index}`);
    for (const id of ids) await started(store, id);
    expect(await idsOf({})).toEqual(ids.toReversed().slice(0, 50));
    expect(await idsOf({ limit: 2 })).toEqual(["run-59", "run-58"]);
    expect(await idsOf({ limit: 0 })).toEqual([]);
  });

  test("a prefix means its own letters and no others", async () => {
    const { store } = underTest;
    for (const id of ["ab-1", "ab-2", "AB-3", "a%-4", "a_-5", "a\\-6", "é-7", "🚀-8"]) await started(store, id);
    expect(await idsOf({ prefix: "ab" })).toEqual(["ab-2", "ab-1"]);
    expect(await idsOf({ prefix: "a%" })).toEqual(["a%-4"]);
    expect(await idsOf({ prefix: "a_" })).toEqual(["a_-5"]);
    expect(await idsOf({ prefix: "a\\" })).toEqual(["a\\-6"]);
    expect(await idsOf({ prefix: "é" })).toEqual(["é-7"]);
    expect(await idsOf({ prefix: "🚀" })).toEqual(["🚀-8"]);
    expect(await idsOf({ prefix: "ab-1" })).toEqual(["ab-1"]);
    expect(await idsOf({ prefix: "abc" })).toEqual([]);
    expect(await idsOf({ prefix: "" })).toHaveLength(8);
  });

  test("runs are found by their status", async () => {
    const { store } = underTest;
    for (const status of ["succeeded", "failed", "paused"] as const) {
      const lease = await started(store, `run-${status}`);
      await store.commit({ lease, rows: [], rest: atRest(status) });
    }
    await started(store, "run-running");
    expect(await idsOf({ status: "failed" })).toEqual(["run-failed"]);
    expect(await idsOf({ status: "running" })).toEqual(["run-running"]);
    expect(await idsOf({ status: "stopped" })).toEqual([]);
    expect(await idsOf({ status: "paused", prefix: "run-p" })).toEqual(["run-paused"]);
  });

  test("a store has a name, and closing it twice is harmless", async () => {
    const { store } = underTest;
    expect(store.name).not.toBe("");
    await store.close();
    await store.close();
  });
}
