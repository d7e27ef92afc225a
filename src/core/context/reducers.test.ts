import { expect, test } from "vitest";
import type { ReducerName } from "../../model/patch.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { reduceField } from "./reducers.ts";

const DAY = (day: number): Date => new Date(Date.UTC(2030, 0, day));

const photo = (): FlujoFile => new FlujoFile({ sha256: "ab12", mediaType: "image/png", name: "a.png", bytes: new Uint8Array(1) });
const PHOTO = photo();
const LINK = new (class Link {})(); // nobody here knows whether two of them are equal

test.each<[Exclude<ReducerName, "own">, unknown, unknown, unknown]>([
  ["append", undefined, "a", ["a"]],
  ["append", ["a"], ["b", "c"], ["a", "b", "c"]],
  ["append", ["a"], [["b"]], ["a", ["b"]]],
  ["union", ["a"], ["a", "b"], ["a", "b"]],
  ["union", [{ a: 1, b: 2 }], { b: 2, a: 1 }, [{ a: 1, b: 2 }]],
  ["union", ['{"a":1}'], { a: 1 }, ['{"a":1}', { a: 1 }]],
  ["union", [new Map([[1, 1]])], [new Map([[2, 2]])], [new Map([[1, 1]]), new Map([[2, 2]])]],
  ["union", [{ n: 1n }], [{ n: 2n }], [{ n: 1n }, { n: 2n }]],
  ["union", [new Map([[1, 1]])], [new Map([[1, 1]])], [new Map([[1, 1]])]],
  ["union", [PHOTO], [photo(), "a.png"], [PHOTO, "a.png"]],
  ["union", [LINK], [LINK], [LINK, LINK]],
  ["union", [DAY(1)], [DAY(1), DAY(2)], [DAY(1), DAY(2)]],
  ["sum", undefined, 2, 2],
  ["sum", 1, 2, 3],
  ["sum", undefined, 2n, 2n],
  ["sum", 1n, 2n, 3n],
  ["max", undefined, 1, 1],
  ["max", 2, 1, 2],
  ["max", "a", "b", "b"],
  ["max", DAY(1), DAY(2), DAY(2)],
  ["max", 9n, 10n, 10n],
  ["min", null, 1, 1],
  ["min", 2, 1, 1],
  ["min", DAY(1), DAY(2), DAY(1)],
])("%s: a field of %s with %s contributed", (reducer, before, contribution, after) => {
  expect(reduceField(reducer, before, contribution)).toEqual(after);
});
