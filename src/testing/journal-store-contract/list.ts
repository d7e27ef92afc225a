import { expect, test } from "vitest";
import type { JournalStore } from "../../journal/port.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { atRest, runCalled, started } from "./samples.ts";

export function listContract(underTest: StoreUnderTest): void {
  async function idsOf(query: Parameters<JournalStore["listRuns"]>[0]): Promise<readonly string[]> {
    return (await underTest.store.listRuns(query)).map(({ runId }) => runId);
  }

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

  test("runs are found by the run they come of", async () => {
    const { store } = underTest;
    for (const [runId, parent] of [
      ["first", null],
      ["a-1", "first"],
      ["a-2", "a-1"],
      ["b-3", "first"],
    ] as const) {
      const lineage = parent === null ? null : ({ root: "first", parent, how: "spawned" } as const);
      await store.createRun({ ...runCalled(runId), lineage }, []);
    }
    expect(await idsOf({ parent: "first" })).toEqual(["b-3", "a-1"]);
    expect(await idsOf({ parent: "first", limit: 1 })).toEqual(["b-3"]);
    expect(await idsOf({ parent: "first", prefix: "a" })).toEqual(["a-1"]);
    expect(await idsOf({ parent: "a-1", status: "running" })).toEqual(["a-2"]);
    expect(await idsOf({ parent: "a-1", status: "paused" })).toEqual([]);
    expect(await idsOf({ parent: "nobody" })).toEqual([]);
    expect(await idsOf({ parent: "first", ready: { atMs: Number.MAX_SAFE_INTEGER } })).toEqual([]);
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
}
