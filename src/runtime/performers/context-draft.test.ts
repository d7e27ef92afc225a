import { expect, test } from "vitest";
import { plainOf, untouchable } from "./context-draft.ts";

test("what was handed out once and holds nothing that changes is neither copied nor looked into again", () => {
  const items = untouchable([{ of: { n: 1 } }, { of: { n: 2 } }]) as readonly object[];
  expect(Object.isFrozen(items[0])).toBe(true);
  const more = plainOf([...items, { of: { n: 3 } }]) as readonly object[];
  expect(more).toEqual([{ of: { n: 1 } }, { of: { n: 2 } }, { of: { n: 3 } }]);
  expect(more[0]).toBe(items[0]);
  expect(plainOf(items)).toBe(items);
  expect(untouchable(more)).toBe(more);
});

test("what holds a map, a set or a date, however deep, is handed out with another one each time, and beside it nothing is copied", () => {
  const value = { calm: { n: 1 }, deep: [{ seen: new Set([1]), votes: new Map([["a", { n: 1 }]]), at: new Date(0) }] };
  const one = untouchable(value) as typeof value;
  const other = untouchable(value) as typeof value;
  one.deep[0]?.seen.add(2);
  one.deep[0]?.votes.clear();
  one.deep[0]?.at.setTime(5);
  expect(other).toEqual(value);
  expect([...(value.deep[0]?.seen ?? [])]).toEqual([1]);
  expect(other.calm).toBe(value.calm);
  expect(plainOf(one)).not.toBe(one);
});

test("an object that its author has frozen on the outside alone is frozen on the inside, too", () => {
  const inner = { n: 1 };
  expect(Object.isFrozen((untouchable(Object.freeze({ inner })) as { readonly inner: object }).inner)).toBe(true);
});
