import { expect, test } from "vitest";
import type { Owner } from "../../model/run-record.ts";
import type { StoreUnderTest } from "./fixture.ts";
import {
  atRest,
  claimOf,
  commit,
  countsOf,
  errorOf,
  finished,
  ownerCalled,
  refusalOf,
  SAMPLE_TIME_MS,
  seqsOf,
  started,
} from "./samples.ts";

export function claimContract(underTest: StoreUnderTest): void {
  claimsOne(underTest);
  claimsAtOnce(underTest);
}

function claimsOne(underTest: StoreUnderTest): void {
  test("a run at rest has no owner and can be claimed: a new owner, running, one epoch up", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    await store.commit({ lease, rows: [], rest: { ...atRest("stopped"), atMs: SAMPLE_TIME_MS + 5 } });
    expect(await store.claimRun(claimOf("run-1"))).toMatchObject({ runId: "run-1", epoch: 2 });
    expect(await store.findRun("run-1")).toMatchObject({
      status: "running",
      epoch: 2,
      owner: ownerCalled("second"),
      updatedAtMs: SAMPLE_TIME_MS + 500,
    });
  });

  test("nobody is asked about where there is no owner", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    await store.commit({ lease, rows: [], rest: atRest("paused") });
    const asked: Owner[] = [];
    await store.claimRun(claimOf("run-1", { isAlive: (owner) => asked.push(owner) > 0 }));
    expect(asked).toEqual([]);
  });

  test("an owner that is alive keeps the run, and who asks is told host and pid", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    const before = await store.findRun("run-1");
    const asked: Owner[] = [];
    const error = await errorOf(() => store.claimRun(claimOf("run-1", { isAlive: (owner) => asked.push(owner) > 0 })));
    expect(error).toMatchObject({ code: "run_owned", details: { host: "sample-host", pid: 4711 } });
    expect(error?.message).toMatch(/4711.*sample-host/);
    expect(asked).toEqual([ownerCalled("first")]);
    expect(await store.findRun("run-1")).toEqual(before);
  });

  test("a dead owner is replaced at once, and what it writes after that is refused", async () => {
    const { store } = underTest;
    const first = await started(store, "run-1", [finished(0, "p")]);
    const second = await store.claimRun(claimOf("run-1"));
    expect(second.epoch).toBe(2);
    expect(await refusalOf(() => commit(store, first, [finished(1, "p/a")]))).toBe("lease_lost");
    await commit(store, second, [finished(1, "p/b")]);
    expect(await store.entries({ runId: "run-1", fromSeq: 1 })).toEqual([finished(1, "p/b")]);
  });

  test("a run that has ended cannot be claimed", async () => {
    const { store } = underTest;
    for (const status of ["succeeded", "failed", "cancelled"] as const) {
      const lease = await started(store, status);
      await store.commit({ lease, rows: [], rest: atRest(status) });
      expect(await refusalOf(() => store.claimRun(claimOf(status)))).toBe("usage_invalid");
      expect(await store.findRun(status)).toMatchObject({ status, owner: null, epoch: 1 });
    }
  });

  test("a run that is not there cannot be claimed", async () => {
    expect(await refusalOf(() => underTest.store.claimRun(claimOf("run-1")))).toBe("run_not_found");
  });
}

function claimsAtOnce(underTest: StoreUnderTest): void {
  test("of several that claim at once, one gets the run and the others are told who has it", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1");
    await store.commit({ lease, rows: [], rest: atRest("stopped") });
    const isAlive = (owner: Owner): boolean => owner.instance !== "first";
    const refusals = await Promise.all(
      ["a", "b", "c"].map((name) => refusalOf(() => store.claimRun(claimOf("run-1", { owner: ownerCalled(name), isAlive })))),
    );
    expect(countsOf(refusals)).toEqual({ granted: 1, run_owned: 2 });
    expect(await store.findRun("run-1")).toMatchObject({ epoch: 2 });
    expect(await seqsOf(store, "run-1")).toEqual([]);
  });

  test("who claims while another is still asking about the owner wins, and the other is told", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    let inner: Promise<string | null> = Promise.resolve("not asked");
    const isAlive = (owner: Owner): boolean => owner.instance !== "first";
    const asking = (owner: Owner): boolean => {
      if (owner.instance === "first") inner = refusalOf(() => store.claimRun(claimOf("run-1", { owner: ownerCalled("inner"), isAlive })));
      return isAlive(owner);
    };
    const outer = await refusalOf(() => store.claimRun(claimOf("run-1", { owner: ownerCalled("outer"), isAlive: asking })));
    expect(countsOf([outer, await inner])).toEqual({ granted: 1, run_owned: 1 });
    const winner = outer === null ? "outer" : "inner";
    expect(await store.findRun("run-1")).toMatchObject({ epoch: 2, owner: ownerCalled(winner) });
  });
}
