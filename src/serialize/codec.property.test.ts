import fc from "fast-check";
import { expect, test } from "vitest";
import { decode, encode } from "./codec.ts";

const plain = fc.json().map((text): unknown => JSON.parse(text.replaceAll("-0", "0")));

const rich = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.string({ unit: "binary" }), fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0)),
    fc.oneof(
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array(),
      fc.float64Array(),
      fc.webUrl().map((url) => new URL(url)),
    ),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 4 }).map((values) => new Set(values)),
  ),
})).value;

test("whatever can be encoded is decoded equal", () => {
  fc.assert(
    fc.property(rich, (value) => {
      expect(decode(encode({ value }, "p"))).toStrictEqual({ value });
    }),
    { numRuns: 500 },
  );
});

test("plain JSON is written as JSON, letter for letter", () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(encode({ value }, "p")).toBe(JSON.stringify({ value }));
    }),
    { numRuns: 500 },
  );
});

test("no text makes decode do anything but answer or refuse", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => `[${text}`),
    fc.array(fc.jsonValue()).map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        decode(text);
      } catch (error) {
        expect(error).toMatchObject({ code: "state_unreadable" });
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
