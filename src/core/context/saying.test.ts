import { expect, test } from "vitest";
import { FlujoFile } from "../../model/flujo-file.ts";
import { sayingOf } from "./saying.ts";

function fileCalled(name: string): FlujoFile {
  return new FlujoFile({ sha256: "ab12", mediaType: "image/png", name, bytes: new Uint8Array(2) });
}

const pairs: readonly (readonly [string, () => unknown])[] = [
  ["a bigint", () => 4n],
  ["a map", () => new Map([["a", [1, 2]]])],
  ["a set", () => new Set([1n])],
  ["a date inside", () => ({ at: new Date(5), b: [null] })],
  ["a file", () => fileCalled("a.png")],
  ["undefined", () => undefined],
  ["NaN", () => Number.NaN],
  ["a URL", () => new URL("https://example.com/")],
  ["an object, keys in another order", () => Object.fromEntries([["b", 1] as const, ["a", 2] as const].sort(() => Math.random() - 0.5))],
];

test.each(pairs)("%s says the same as its equal", (_name, make) => {
  expect(sayingOf(make())).toBe(sayingOf(make()));
  expect(sayingOf(make())).not.toBeNull();
});

test("different data say different things", () => {
  const different = [
    1,
    "1",
    1n,
    [1],
    [[1]],
    { a: 1 },
    { a: "1" },
    new Map([["a", 1]]),
    new Set(["a", 1]),
    ["a", 1],
    null,
    undefined,
    -0,
    0,
    "null",
    new Date(1),
    fileCalled("a.png"),
    fileCalled("b.png"),
    { ...fileCalled("a.png").toJSON() },
  ];
  expect(new Set(different.map((value) => sayingOf(value))).size).toBe(different.length);
});

test("what is not data equals nothing, wherever it stands", () => {
  class Money {}
  const circle: unknown[] = [];
  circle.push(circle);
  for (const odd of [new Money(), { a: [new Money()] }, () => 1, Symbol("s"), circle]) expect(sayingOf(odd)).toBeNull();
});
