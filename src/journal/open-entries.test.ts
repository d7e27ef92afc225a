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

  test.each<[string, JournalPlace, boolean]>([
    ["the node's children", { key: "p/a/x", seq: 5 }, true],
    ["the node's items", { key: "p/a[0]/x", seq: 5 }, true],
    ["the node's own key", { key: "p/a", seq: 5 }, true],
    ["what is asked in it", { key: "p/a/?key", seq: 5 }, true],
    ["the time of something in it", { key: "p/a/x/?time", seq: 5 }, true],
    ["not its time", { key: "p/a/?time", seq: 5 }, false],
    ["not the time of all attempts", { key: "p/a/?total", seq: 5 }, false],
    ["not its own entry", { key: "p/a#1", seq: 8 }, false],
    ["not the attempt after it", { key: "p/a#2/x", seq: 9 }, false],
    ["not a name that begins alike", { key: "p/ab", seq: 5 }, false],
    ["not its parent", { key: "p", seq: 5 }, false],
  ])("where it is a first attempt: %s", (_name, place, expected) => {
    expect(coverOf([{ ...DONE, key: "p/a#1" }])(place)).toBe(expected);
  });

  test.each<[string, JournalPlace, boolean]>([
    ["its children", { key: "p/a#2/x", seq: 5 }, true],
    ["its own key", { key: "p/a#2", seq: 5 }, true],
    ["not the first attempt's children", { key: "p/a/x", seq: 5 }, false],
    ["not the first attempt", { key: "p/a#1", seq: 5 }, false],
    ["not attempt 21", { key: "p/a#21/x", seq: 5 }, false],
    ["what is asked in it", { key: "p/a#2/?key", seq: 5 }, true],
    ["not its delay, which came right before it", { key: "p/a#2/?delay", seq: 3 }, false],
    ["not its time", { key: "p/a#2/?time", seq: 5 }, false],
    ["not what a validator says of it", { key: "p/a#2/?validate length", seq: 5 }, false],
  ])("where it is a later attempt: %s", (_name, place, expected) => {
    expect(coverOf([{ ...DONE, key: "p/a#2" }])(place)).toBe(expected);
  });

  test.each(["p/a#1", "p/a#2", "p/a#11", "p/a/?time", "p/a/?total", "p/a#2/?delay"])("%s, where its node is done", (key) => {
    expect(isCovered({ key, seq: 7 })).toBe(true);
  });

  test("what any of several spans of one key covers", () => {
    const twice = coverOf([DONE, { key: "p/a", fromSeq: 20, seq: 30 }]);
    expect([2, 5, 10, 25, 30].map((seq) => twice({ key: "p/a/x", seq }))).toEqual([false, true, false, true, false]);
  });

  test("nothing where nothing is done", () => {
    expect(coverOf([])({ key: "p", seq: 0 })).toBe(false);
  });
});
