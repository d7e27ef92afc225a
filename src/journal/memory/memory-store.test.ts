import { describe, expect, test } from "vitest";
import { journalStoreContract } from "../../testing/index.ts";
import { atRest, finished, runCalled, started } from "../../testing/journal-store-contract/samples.ts";
import { exchange } from "../../testing/journal-store-contract/threads.ts";
import { memoryStore } from "./memory-store.ts";

await journalStoreContract({ name: "memory", open: async () => memoryStore(), lacks: new Set(["survives-reopen", "cross-process"]) });

describe("memoryStore", () => {
  test("does everything at once, so that a run on it never waits", () => {
    const store = memoryStore();
    expect(store.createRun(runCalled("run-1"), [])).toEqual({ runId: "run-1", epoch: 1 });
    expect(store.findRun("run-1")).toMatchObject({ runId: "run-1" });
    expect(store.openEntries("run-1")).toEqual([]);
  });

  test("keeps the entry it was given, not a copy", async () => {
    const store = memoryStore();
    const entry = finished(0, "p", { large: true });
    expect(store.record(entry)).toBe(entry);
    await started(store, "run-1", [entry]);
    expect((await store.entries({ runId: "run-1" }))[0]).toBe(entry);
  });

  test("drops the runs that ended first beyond `keep`, and never one that has not ended", async () => {
    const store = memoryStore({ keep: 2 });
    const leases = [];
    for (const id of ["a", "b", "c", "d", "e"]) leases.push(await started(store, id, [finished(0, id)]));
    const [a, b, c, , e] = leases;
    for (const lease of [c, a, e]) if (lease !== undefined) await store.commit({ lease, rows: [], rest: atRest("succeeded") });
    if (b !== undefined) await store.commit({ lease: b, rows: [], rest: atRest("paused") });
    expect((await store.listRuns({})).map(({ runId }) => runId)).toEqual(["e", "d", "b", "a"]);
    expect(await store.entries({ runId: "c" })).toEqual([]);
  });

  test("drops ended runs that hold more than `keepEntries` together, but not the one that ended last", async () => {
    const store = memoryStore({ keepEntries: 3 });
    for (const id of ["a", "b", "c"]) {
      const lease = await started(store, id, [finished(0, id), finished(1, id)]);
      await store.commit({ lease, rows: [], rest: atRest("succeeded") });
    }
    expect((await store.listRuns({})).map(({ runId }) => runId)).toEqual(["c"]);
    const large = await started(
      store,
      "large",
      [0, 1, 2, 3, 4].map((seq) => finished(seq, "large")),
    );
    await store.commit({ lease: large, rows: [], rest: atRest("succeeded") });
    expect((await store.listRuns({})).map(({ runId }) => runId)).toEqual(["large"]);
  });

  test("drops the conversation that was added to longest ago beyond `keepThreads`", async () => {
    const store = memoryStore({ keepThreads: 2 });
    await started(store, "a");
    await started(store, "b");
    for (const [thread, runId] of [
      ["one", "a"],
      ["two", "a"],
      ["one", "b"],
      ["three", "a"],
    ] as const) {
      await store.appendToThread(exchange(thread, runId));
    }
    const kept = await Promise.all(["one", "two", "three"].map(async (thread) => (await store.readThread(thread)).length));
    expect(kept).toEqual([2, 0, 1]);
  });
});
