import { expect, test } from "vitest";
import { readableJson } from "./readable-json.ts";

test.each([
  [undefined, null],
  [{ a: undefined, b: [undefined] }, { b: [null] }],
  [12n, "12"],
  [new Date(0), "1970-01-01T00:00:00.000Z"],
  [new URL("https://a.b/c"), "https://a.b/c"],
  [new Set([1, new Set(["x"])]), [1, ["x"]]],
  [new Map([["k", new Map([[1, 2n]])]]), { k: [[1, "2"]] }],
  [
    { bytes: Buffer.from("hi"), raw: new Uint8Array([104, 105]).buffer },
    { bytes: "aGk=", raw: "aGk=" },
  ],
  [new Float64Array([0.5, 1]), [0.5, 1]],
  [new BigInt64Array([3n]), ["3"]],
  [Number.NaN, null],
])("case %#: a tool's value as a model can read it", (value, expected) => {
  expect(readableJson(value)).toEqual(expected);
});

test("a cycle is refused", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(() => readableJson(cycle)).toThrow(TypeError);
});
