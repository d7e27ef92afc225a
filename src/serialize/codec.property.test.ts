import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../base/hash.ts";
import { FlujoFile } from "../model/flujo-file.ts";
import { decode, encode, roundTrip } from "./codec.ts";
import { registerCustomType } from "./custom-types.ts";

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

/** Holds anything, in a private field, so that whatever flattens it loses it. */
class Sealed {
  readonly #inside: unknown;
  constructor(inside: unknown) {
    this.#inside = inside;
  }
  get inside(): unknown {
    return this.#inside;
  }
}
registerCustomType(Sealed, {
  tag: "property:Sealed",
  serialize: ({ inside }) => ({ inside }),
  deserialize: ({ inside }) => new Sealed(inside),
});

/** Stored as what looks most like something else: a bare list, with its own envelope in it. */
class Pair {
  readonly left: unknown;
  readonly right: unknown;
  constructor(left: unknown, right: unknown) {
    this.left = left;
    this.right = right;
  }
}
registerCustomType(Pair, {
  tag: "constructor",
  version: 7,
  serialize: ({ left, right }) => ["custom", left, { tag: "property:Sealed", version: 1, data: right }] as const,
  deserialize: ([, left, { data }]) => new Pair(left, data),
});

const custom = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    rich,
    tie("value").map((inside) => new Sealed(inside)),
    fc.tuple(tie("value"), tie("value")).map(([left, right]) => new Pair(left, right)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("tag", "version", "data", "custom", "constructor", "then"), tie("value")),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 3 }).map((values) => new Set(values)),
    fc
      .tuple(fc.uint8Array(), fc.option(fc.string()))
      .map(([bytes, name]) => new FlujoFile({ sha256: sha256(bytes), mediaType: "image/png", name, bytes })),
  ),
})).value;

/** With what is sealed laid open, so that values can be compared; a class still counts. */
function laidOpen(value: unknown): unknown {
  if (value instanceof Sealed) return { sealed: laidOpen(value.inside) };
  if (value instanceof Pair) return { pair: [laidOpen(value.left), laidOpen(value.right)] };
  if (Array.isArray(value)) return value.map(laidOpen);
  if (value instanceof Map) return { map: [...value].map(laidOpen) };
  if (value instanceof Set) return { set: [...value].map(laidOpen) };
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return { object: Object.entries(value).map(laidOpen) };
}

test("whatever holds registered classes and files, at any depth, is decoded equal, class by class", () => {
  fc.assert(
    fc.property(custom, (value) => {
      const opened = laidOpen({ value });
      for (const read of [decode(encode({ value }, "p")), roundTrip({ value }, "p")])
        expect(isDeepStrictEqual(laidOpen(read), opened)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("no text with envelopes in it makes decode do anything but answer or refuse", () => {
  const parts = fc.oneof(
    fc.constantFrom("custom", "property:Sealed", "constructor", "flujo:file", "__proto__", "a".repeat(64)),
    fc.integer({ min: -8, max: 12 }),
    fc.tuple(fc.constant("custom"), fc.integer({ min: -2, max: 9 })),
    fc.dictionary(
      fc.constantFrom("tag", "version", "data", "inside", "sha256", "mediaType", "name", "size", "bytes", "__proto__"),
      fc.integer({ min: -2, max: 9 }),
    ),
    fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 10 }), (text) => {
      try {
        decode(JSON.stringify(text));
      } catch (error) {
        expect(error).toMatchObject({ code: "state_unreadable" });
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 5_000 },
  );
});
