import { expect, test } from "vitest";
import type { Entry } from "../../model/entry.ts";
import { rootPath } from "../../model/path.ts";
import { fromRow, toRow } from "./entry-row.ts";

const ENTRY: Entry = {
  type: "operation-finished",
  seq: 3,
  atMs: 5,
  key: rootPath("p"),
  op: "step",
  name: "p",
  fingerprint: "f",
  startedAtMs: 4,
  outcome: { status: "succeeded", value: { a: 1 } },
};

test("a row gives back the entry it was made of", () => {
  expect(fromRow(toRow(ENTRY), () => null)).toEqual(ENTRY);
});

test.each(["{}", "[]", "null", '{"outcom":1}', "not json", '[1,{"a":2}]'])(
  "a body that was changed to %s is told of as damaged, with its place",
  (body) => {
    expect(() => fromRow({ ...toRow(ENTRY), body }, () => null)).toThrow(expect.objectContaining({ code: "state_unreadable" }));
  },
);
