import { expect, test } from "vitest";
import type { Entry } from "../../model/entry.ts";
import type { StoreUnderTest } from "./fixture.ts";
import { cancelRequested, codeAccepted, decided, done, finished, runStarted, signalTaken, started } from "./samples.ts";

export function openEntriesContract(underTest: StoreUnderTest): void {
  async function openOf(entries: readonly Entry[]): Promise<readonly number[]> {
    await started(underTest.store, "run-1", entries);
    const open = await underTest.store.openEntries("run-1");
    expect(open).toEqual(entries.filter(({ seq }) => open.some((entry) => entry.seq === seq)));
    return open.map(({ seq }) => seq);
  }

  test("without a done frame everything is open", async () => {
    expect(await openOf([finished(0, "p"), finished(1, "p/a"), decided([2, "p/b"])])).toEqual([0, 1, 2]);
  });

  test("a done frame stands for what is below it: children, items, attempts, and its own key", async () => {
    expect(
      await openOf([
        finished(0, "p"),
        finished(1, "p/a/x"),
        finished(2, "p/a[3]"),
        finished(3, "p/a#2"),
        finished(4, "p/a"),
        done(5, "p/a", 1),
        finished(6, "p/b"),
      ]),
    ).toEqual([0, 5, 6]);
  });

  test("names that only begin alike are not below it", async () => {
    expect(await openOf([finished(0, "p/ab"), finished(1, "p/a.b"), finished(2, "p/a b/x"), finished(3, "p"), done(4, "p/a", 0)])).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  test("only the outermost done frame is left", async () => {
    expect(
      await openOf([finished(0, "p/a[0]/x"), done(1, "p/a[0]", 0), finished(2, "p/a[1]/x"), done(3, "p/a[1]", 2), done(4, "p/a", 0)]),
    ).toEqual([4]);
  });

  test("what lies before its first entry or after it stays open", async () => {
    expect(await openOf([finished(0, "p/a/x"), finished(1, "p/a/y"), done(2, "p/a", 1), finished(3, "p/a/z")])).toEqual([0, 2, 3]);
  });

  test("what is of the run itself is always among them, even when its root is done", async () => {
    expect(
      await openOf([
        runStarted("p"),
        finished(1, "p/a"),
        signalTaken(2, "p"),
        codeAccepted(3, "p"),
        cancelRequested(4, "p"),
        finished(5, "p/b"),
        done(6, "p", 0),
      ]),
    ).toEqual([0, 2, 3, 4, 6]);
  });

  test("a run that is not there has none", async () => {
    expect(await underTest.store.openEntries("run-1")).toEqual([]);
  });

  decisionsContract(openOf);
  attemptsContract(openOf);
}

/** The seqs of what is open of a run with these entries. */
type SeqsOfOpen = (entries: readonly Entry[]) => Promise<readonly number[]>;

function decisionsContract(openOf: SeqsOfOpen): void {
  test("a record of decisions stays while one of them is open", async () => {
    expect(
      await openOf([
        decided([0, "p/a/x"], [1, "p/b/y"]),
        decided([2, "p/a/x"], [3, "p/a/y"]),
        decided([4, "p/c"]),
        decided([5, "p/a/z"]),
        done(6, "p/a", 0),
      ]),
    ).toEqual([1, 4, 6]);
  });

  test("each decision counts at its own seq, not at that of the record", async () => {
    expect(await openOf([decided([0, "p/a"], [2, "p/a/late"]), done(3, "p/a", 1)])).toEqual([2, 3]);
  });
}

function attemptsContract(openOf: SeqsOfOpen): void {
  test("a first attempt that is done stands for what the node has done until then, and says which attempt it was", async () => {
    expect(
      await openOf([
        finished(0, "p/a/x"),
        finished(1, "p/a[0]/y"),
        decided([2, "p/a/?until"]),
        finished(3, "p/a"),
        done(4, "p/a#1", 0),
        decided([5, "p/a/?retryOn"]),
        finished(6, "p/a#2/x"),
        finished(7, "p/ab/x"),
        finished(8, "p/b"),
      ]),
    ).toEqual([4, 5, 6, 7, 8]);
  });

  test("each later attempt stands for itself alone", async () => {
    expect(
      await openOf([
        finished(0, "p/a/x"),
        done(1, "p/a#1", 0),
        finished(2, "p/a#2/x"),
        finished(3, "p/a#2"),
        finished(4, "p/a#20/x"),
        done(5, "p/a#2", 2),
        finished(6, "p/a#3/x"),
      ]),
    ).toEqual([1, 4, 5, 6]);
  });

  test("of attempt 11, as of any other, nothing lies below the node", async () => {
    expect(await openOf([finished(0, "p/a/x"), finished(1, "p/a#1"), finished(2, "p/a#11/x"), done(3, "p/a#11", 0)])).toEqual([0, 1, 3]);
  });

  test("when the node is done, so are its attempts, the first like the others", async () => {
    expect(
      await openOf([
        finished(0, "p/a/x"),
        done(1, "p/a#1", 0),
        finished(2, "p/a#2/x"),
        done(3, "p/a#2", 2),
        finished(4, "p/a/fallback"),
        done(5, "p/a", 0),
        finished(6, "p/b"),
      ]),
    ).toEqual([5, 6]);
  });

  test("attempts inside attempts are told apart", async () => {
    expect(
      await openOf([
        finished(0, "p/a/b/x"),
        done(1, "p/a/b#1", 0),
        done(2, "p/a/b", 0),
        done(3, "p/a#1", 0),
        finished(4, "p/a#2/b/x"),
        done(5, "p/a#2/b#1", 4),
        finished(6, "p/a#2/b#2/x"),
      ]),
    ).toEqual([3, 5, 6]);
  });
}
