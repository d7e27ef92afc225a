import { expect, test } from "vitest";
import type { NewLetter } from "../../model/letter.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { atRest, claimOf, commit, errorOf, finished, refusalOf, SAMPLE_TIME_MS, started } from "./samples.ts";

export function letter(runId: string, name: string, more: Partial<NewLetter> = {}): NewLetter {
  return { runId, kind: "signal", name, value: { name, when: new Date(SAMPLE_TIME_MS) }, atMs: SAMPLE_TIME_MS, ...more };
}

export function mailboxContract(underTest: StoreUnderTest): void {
  test("letters come in the order in which they were posted, with ids that go up", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    await started(store, "run-2");
    const posted = [letter("run-1", "a"), letter("run-2", "b"), letter("run-1", "", { kind: "cancel", value: undefined })];
    const ids: number[] = [];
    expect(await store.newestLetter()).toBe(0);
    for (const one of posted) {
      ids.push(await store.post(one));
      expect(await store.newestLetter(), "of any run").toBe(ids.at(-1));
    }
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(3);
    expect(await store.letters("run-1", 0)).toEqual([
      { ...posted[0], id: ids[0] },
      { ...posted[2], id: ids[2] },
    ]);
    expect(await store.letters("run-2", 0)).toEqual([{ ...posted[1], id: ids[1] }]);
  });

  test("a reader gets what came after the letter it knows", async () => {
    const { store } = underTest;
    await started(store, "run-1");
    const first = await store.post(letter("run-1", "a"));
    expect(await store.letters("run-1", first)).toEqual([]);
    const second = await store.post(letter("run-1", "b"));
    expect((await store.letters("run-1", first)).map(({ id }) => id)).toEqual([second]);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) expect(await store.letters("run-1", odd)).toEqual([]);
    expect(await store.letters("run-1", -1)).toHaveLength(2);
  });

  test("a run takes letters while it runs, rests and is taken over, and loses none", async () => {
    const { store } = underTest;
    const lease = await started(store, "run-1", [finished(0, "p")]);
    await store.post(letter("run-1", "running"));
    await store.commit({ lease, rows: [], rest: atRest("paused") });
    await store.post(letter("run-1", "paused"));
    const second = await store.claimRun(claimOf("run-1"));
    await store.post(letter("run-1", "again"));
    await commit(store, second, [finished(1, "p/a")]);
    expect((await store.letters("run-1", 0)).map(({ name }) => name)).toEqual(["running", "paused", "again"]);
    expect(await store.findRun("run-1")).toMatchObject({ epoch: 2, status: "running" });
  });

  test("a run that has ended takes no more, and keeps what it had", async () => {
    const { store } = underTest;
    for (const status of ["succeeded", "failed", "cancelled"] as const) {
      const lease = await started(store, status);
      await store.post(letter(status, "before"));
      await store.commit({ lease, rows: [], rest: atRest(status) });
      const error = await errorOf(() => store.post(letter(status, "after")));
      expect(error).toMatchObject({ code: "usage_invalid", details: { runId: status, status } });
      expect((await store.letters(status, 0)).map(({ name }) => name)).toEqual(["before"]);
    }
  });

  test("a run that is not there gets no letters and has none", async () => {
    const { store } = underTest;
    expect(await refusalOf(() => store.post(letter("run-1", "a")))).toBe("run_not_found");
    expect(await store.letters("run-1", 0)).toEqual([]);
  });
}
