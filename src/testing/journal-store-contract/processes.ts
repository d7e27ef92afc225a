import { expect, test } from "vitest";
import type { JournalStore, RunLease } from "../../journal/port.ts";
import type { Owner } from "../../model/run-record.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { letter } from "./mailbox.ts";
import { atRest, claimOf, commit, countsOf, finished, ownerCalled, refusalOf, seqsOf, started } from "./samples.ts";
import { exchange } from "./threads.ts";

export function processesContract(underTest: StoreUnderTest): void {
  lettersContract(underTest);

  test("one sees what the other has committed", async () => {
    const { store } = underTest;
    const other = await underTest.another();
    const lease = await started(store, "run-1", [finished(0, "p")]);
    await commit(store, lease, [finished(1, "p/a")]);
    expect(await seqsOf(other, "run-1")).toEqual([0, 1]);
    expect(await other.findRun("run-1")).toEqual(await store.findRun("run-1"));
    expect(await refusalOf(() => started(other, "run-1"))).toBe("run_exists");
  });

  test("a lease is void as soon as the other has taken the run over", async () => {
    const { store } = underTest;
    const other = await underTest.another();
    const first = await started(store, "run-1", [finished(0, "p")]);
    const second = await other.claimRun(claimOf("run-1"));
    expect(await refusalOf(() => commit(store, first, [finished(1, "p/a")]))).toBe("lease_lost");
    expect(await refusalOf(() => store.commit({ lease: first, rows: [], rest: atRest("failed") }))).toBe("lease_lost");
    await commit(other, second, [finished(1, "p/b")]);
    expect(await store.entries({ runId: "run-1", fromSeq: 1 })).toEqual([finished(1, "p/b")]);
  });

  test("of several that claim one run from both sides, exactly one gets it, every time", async () => {
    const stores = [underTest.store, await underTest.another()];
    const isAlive = (owner: Owner): boolean => owner.instance !== "first";
    for (let round = 0; round < 20; round++) {
      const runId = `run-${round}`;
      await started(underTest.store, runId);
      const claims = stores.flatMap((store, side) =>
        ["a", "b"].map((name) => refusalOf(() => store.claimRun(claimOf(runId, { owner: ownerCalled(`${side}${name}`), isAlive })))),
      );
      expect(countsOf(await Promise.all(claims))).toEqual({ granted: 1, run_owned: 3 });
    }
  });

  test("both write at once, and every row gets there", async () => {
    const stores = [underTest.store, await underTest.another()];
    const drive = async (store: JournalStore, runId: string): Promise<void> => {
      const lease: RunLease = await started(store, runId);
      for (let seq = 0; seq < 50; seq += 2) await commit(store, lease, [finished(seq, "p"), finished(seq + 1, "p/a")]);
    };
    const runs = stores.flatMap((store, side) => ["a", "b", "c"].map((name) => ({ store, runId: `run-${side}-${name}` })));
    await Promise.all(runs.map(({ store, runId }) => drive(store, runId)));
    for (const { runId } of runs) expect(await seqsOf(underTest.store, runId)).toEqual(Array.from({ length: 50 }, (_, seq) => seq));
  });
}

function lettersContract(underTest: StoreUnderTest): void {
  test("a letter and an exchange from the one are there for the other", async () => {
    const { store } = underTest;
    const other = await underTest.another();
    const lease = await started(store, "run-1");
    expect(await store.letters("run-1", 0)).toEqual([]);
    const id = await other.post(letter("run-1", "go"));
    expect(await store.letters("run-1", 0)).toEqual([{ ...letter("run-1", "go"), id }]);
    await other.appendToThread(exchange("talk", "run-1"));
    await store.appendToThread(exchange("talk", "run-1", { items: [] }));
    expect(await store.readThread("talk")).toEqual([exchange("talk", "run-1")]);
    await store.commit({ lease, rows: [], rest: atRest("succeeded") });
    expect(await refusalOf(() => other.post(letter("run-1", "late")))).toBe("usage_invalid");
  });

  test("a run that one has paused is ready for the other, until one has claimed it", async () => {
    const { store } = underTest;
    const other = await underTest.another();
    const ready = async (): Promise<readonly string[]> =>
      (await Promise.all([store, other].map(async (one) => one.listRuns({ ready: { atMs: 0 } })))).flat().map(({ runId }) => runId);
    const lease = await started(store, "run-1");
    await other.post(letter("run-1", "early"));
    expect(await ready()).toEqual([]);
    await store.commit({ lease, rows: [], rest: atRest("paused") });
    expect(await ready()).toEqual(["run-1", "run-1"]);
    const second = await other.claimRun(claimOf("run-1"));
    expect(await ready()).toEqual([]);
    await other.commit({ lease: second, rows: [], rest: { ...atRest("paused"), lastLetter: await store.newestLetter() } });
    expect(await ready()).toEqual([]);
    await store.post(letter("run-1", "late"));
    expect(await ready()).toEqual(["run-1", "run-1"]);
  });

  test("a letter that comes while its run goes to rest lets it go on, whichever was first", async () => {
    const { store } = underTest;
    const other = await underTest.another();
    const runs = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    for (const runId of runs) {
      const lease = await started(store, runId);
      const work = [async () => store.commit({ lease, rows: [], rest: atRest("paused") }), async () => other.post(letter(runId, "go"))];
      await Promise.all((runId.endsWith("1") ? work.toReversed() : work).map((one) => one()));
    }
    expect((await store.listRuns({ ready: { atMs: 0 } })).map(({ runId }) => runId)).toEqual(runs.toReversed());
  });

  test("letters posted from both sides at once have an id each, and all get there", async () => {
    const stores = [underTest.store, await underTest.another()];
    await started(underTest.store, "run-1");
    const names = Array.from({ length: 50 }, (_, index) => String(index));
    const ids = await Promise.all(names.map(async (name, index) => stores[index % 2]?.post(letter("run-1", name))));
    expect(new Set(ids).size).toBe(50);
    const read = await underTest.store.letters("run-1", 0);
    expect(read.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });
}
