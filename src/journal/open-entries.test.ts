import { describe, expect, test } from "vitest";
import { coverOf, type DoneSpan, type JournalPlace } from "./open-entries.ts";

const DONE: DoneSpan = { key: "p/a", fromSeq: 3, seq: 8 };

describe("a frame that is done covers", () => {
  const isCovered = coverOf([DONE]);

  test.each<[string, JournalPlace, boolean]>([
    ["a child", { key: "p/a/x", seq: 5 }, true],
    ["an item", { key: "p/a[0]", seq: 5 }, true],
    ["something below an item", { key: "p/a[12]/x/y[3]#2", seq: 5 }, true],
    ["an attempt", { key: "p/a#2", seq: 5 }, true],
    ["its own key", { key: "p/a", seq: 5 }, true],
    ["its first entry", { key: "p/a/x", seq: 3 }, true],
    ["its last entry", { key: "p/a/x", seq: 7 }, true],
    ["not its own entry", { key: "p/a", seq: 8 }, false],
    ["not what came before", { key: "p/a/x", seq: 2 }, false],
    ["not what came after", { key: "p/a/x", seq: 9 }, false],
    ["not its parent", { key: "p", seq: 5 }, false],
    ["not its sibling", { key: "p/b", seq: 5 }, false],
    ["not a name that begins alike", { key: "p/ab", seq: 5 }, false],
    ["not a name that begins alike, with a dot", { key: "p/a.x", seq: 5 }, false],
    ["not a place that only ends alike", { key: "q/p/a", seq: 5 }, false],
    ["not an empty key", { key: "", seq: 5 }, false],
  ])("%s", (_name, place, expected) => {
    expect(isCovered(place)).toBe(expected);
  });

  test("what any of several spans of one key covers", () => {
    const twice = coverOf([DONE, { key: "p/a", fromSeq: 20, seq: 30 }]);
    expect([2, 5, 10, 25, 30].map((seq) => twice({ key: "p/a/x", seq }))).toEqual([false, true, false, true, false]);
  });

  test("nothing where nothing is done", () => {
    expect(coverOf([])({ key: "p", seq: 0 })).toBe(false);
  });
});
