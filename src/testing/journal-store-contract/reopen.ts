import { expect, test } from "vitest";
import { parseInstancePath } from "../../model/path.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { letter } from "./mailbox.ts";
import { atRest, claimOf, commit, decided, done, errorOf, finished, planCalled, runCalled, SAMPLE_TIME_MS, started } from "./samples.ts";
import { exchange } from "./threads.ts";

const VALUES: Readonly<Record<string, unknown>> = {
  date: new Date(SAMPLE_TIME_MS),
  map: new Map<unknown, unknown>([
    ["a", 1],
    [{ key: true }, new Set([1, 2])],
  ]),
  bigint: 12_345_678_901_234_567_890n,
  missing: undefined,
  numbers: [Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1 + 0.2, Number.MAX_SAFE_INTEGER, 5e-324],
  url: new URL("https://example.com/?q=1#x"),
  bytes: new Uint8Array([0, 1, 255]),
  pattern: /a+b/giu,
  text: "zero \0, emoji 🚀, half an emoji \ud83d, newline \n, quote \" and '",
  sparse: Object.assign([1, 2, 3], { length: 5 }),
  "key with . and [0]": { "": null },
};

export function reopenContract(underTest: StoreUnderTest): void {
  test("runs, plans and entries are there, and a run can be taken up", async () => {
    const { store } = underTest;
    const entries = [finished(0, "p"), decided([1, "p/a"], [2, "p/b"]), finished(3, "p/a/x"), done(4, "p/a", 1)];
    const lease = await store.createRun(runCalled("run-1", planCalled("kept")), []);
    await commit(store, lease, entries);
    const ended = await started(store, "run-2");
    await store.commit({ lease: ended, rows: [], rest: atRest("succeeded") });
    const before = { runs: await store.listRuns({}), open: await store.openEntries("run-1") };
    await store.close();

    const again = await underTest.another();
    expect({ runs: await again.listRuns({}), open: await again.openEntries("run-1") }).toEqual(before);
    expect(await again.planOf("run-1")).toEqual(planCalled("kept"));
    expect(await again.entries({ runId: "run-1" })).toEqual(entries);
    const second = await again.claimRun(claimOf("run-1"));
    expect(second.epoch).toBe(2);
    await commit(again, second, [finished(5, "p/c")]);
  });

  test("when runs wake, which letters they had and where they come from is there", async () => {
    const { store } = underTest;
    const lineage = { root: "run-1", parent: "run-1", how: "forked" } as const;
    const read = await started(store, "run-1");
    const id = await store.post(letter("run-1", "go"));
    await store.commit({ lease: read, rows: [], rest: { ...atRest("paused"), lastLetter: id } });
    const sleeping = await store.createRun({ ...runCalled("run-2"), lineage }, []);
    await store.commit({ lease: sleeping, rows: [], rest: { ...atRest("paused"), wakeAtMs: SAMPLE_TIME_MS + 5 } });
    const before = await store.listRuns({});
    await store.close();
    const again = await underTest.another();
    expect(await again.listRuns({})).toEqual(before);
    expect(await again.listRuns({ ready: { atMs: SAMPLE_TIME_MS + 4 } })).toEqual([]);
    expect(await again.listRuns({ ready: { atMs: SAMPLE_TIME_MS + 5 } })).toMatchObject([{ runId: "run-2", lineage }]);
    await again.post(letter("run-1", "on"));
    expect(await again.listRuns({ ready: { atMs: 0 } })).toMatchObject([{ runId: "run-1", lineage: null }]);
  });

  test("values that JSON cannot say come back equal", async () => {
    const { store } = underTest;
    await started(
      store,
      "run-1",
      Object.entries(VALUES).map(([key, value], seq) => finished(seq, "p", { [key]: value })),
    );
    await store.close();
    const again = await underTest.another();
    const read = await again.entries({ runId: "run-1" });
    expect(read).toEqual(Object.entries(VALUES).map(([key, value], seq) => finished(seq, "p", { [key]: value })));
    expect(read[4]).toHaveProperty("outcome.value.numbers[2]", -0);
  });

  lettersAndRefusalsContract(underTest);
}

function lettersAndRefusalsContract(underTest: StoreUnderTest): void {
  test("conversations and letters are there", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    const summary = exchange("talk", "run-1", { key: parseInstancePath("p/sum"), summaryOf: 1 });
    await store.appendToThread(exchange("talk", "run-1"));
    await store.appendToThread(summary);
    const id = await store.post(letter("run-1", "go"));
    await store.close();
    const again = await underTest.another();
    expect(await again.readThread("talk")).toEqual([exchange("talk", "run-1"), summary]);
    expect(await again.letters("run-1", 0)).toEqual([{ ...letter("run-1", "go"), id }]);
    expect(await again.post(letter("run-1", "on"))).toBeGreaterThan(id);
  });

  test("a value that cannot be stored is refused when it is recorded, naming the place", async () => {
    class Invoice {}
    const { store } = underTest;
    const error = await errorOf(() => store.record(finished(0, "p/bill", { items: [{}, { when: new Invoice() }] })));
    expect(error).toMatchObject({ code: "value_unstorable" });
    expect(error?.message).toMatch(/p\/bill.*output\.items\[1\]\.when.*Invoice/);
  });
}
