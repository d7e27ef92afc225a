import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { registerCustomType } from "../../serialize/custom-types.ts";
import { decode, encode } from "../../serialize/codec.ts";
import { sameValue } from "./same-value.ts";

const value = fc.anything({ withDate: true, withTypedArray: true, withBigInt: true, withNullPrototype: false });

test("two values are the same exactly where the platform says they are", () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      expect(sameValue(one, other)).toBe(isDeepStrictEqual(one, other));
      expect(sameValue(one, structuredClone(one))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("one changed leaf is seen, however deep it is", () => {
  const nested = (depth: number, leaf: unknown): unknown => {
    let made = leaf;
    for (let level = 0; level < depth; level++) made = level % 2 === 0 ? { in: made } : [made];
    return made;
  };
  expect(sameValue(nested(200_000, 1), nested(200_000, 1))).toBe(true);
  expect(sameValue(nested(200_000, 1), nested(200_000, 2))).toBe(false);
});

test("circles end, and what is shared is not compared again for each place it is in", () => {
  const circle = (): object => {
    const made: { self?: unknown } = {};
    made.self = { back: made };
    return made;
  };
  expect(sameValue(circle(), circle())).toBe(true);
  const shared = (): unknown => {
    let made: unknown = [1];
    for (let level = 0; level < 60; level++) made = [made, made];
    return made;
  };
  expect(sameValue(shared(), shared())).toBe(true);
});

test("nothing is read of the very same object", () => {
  const unreadable = new Proxy(
    {},
    {
      get: () => {
        throw new Error("It was read.");
      },
      ownKeys: () => {
        throw new Error("It was listed.");
      },
    },
  );
  expect(sameValue({ a: unreadable }, { a: unreadable })).toBe(true);
});

test("a class of its own is what it says of itself, and what its fields are", () => {
  class Money {
    readonly #cents: number;
    readonly currency: string;
    constructor(cents: number, currency: string) {
      this.#cents = cents;
      this.currency = currency;
    }
    toJSON(): number {
      return this.#cents;
    }
  }
  expect(sameValue(new Money(1, "EUR"), new Money(1, "EUR"))).toBe(true);
  expect(sameValue(new Money(1, "EUR"), new Money(2, "EUR"))).toBe(false);
  expect(sameValue(new Money(1, "EUR"), new Money(1, "USD"))).toBe(false);
  expect(sameValue(new Money(1, "EUR"), { currency: "EUR" })).toBe(false);
  expect(sameValue(new URL("http://a/"), new URL("http://a/"))).toBe(true);
  expect(sameValue(new URL("http://a/"), new URL("http://b/"))).toBe(false);
});

test.each<readonly [what: string, one: unknown, other: unknown]>([
  ["a regular expression", /a/, /b/],
  ["the flags of one", /a/, /a/g],
  ["bytes without a view", new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
  ["a query", new URLSearchParams("a=1"), new URLSearchParams("a=2")],
  ["a number that is an object", Object(1), Object(2)],
  ["bytes in a Buffer", Buffer.from("a"), Buffer.from("b")],
  ["how bytes are read", Buffer.from("a"), new Int8Array([97])],
])("%s that is another one is seen", (_, one, other) => {
  expect(sameValue(one, one)).toBe(true);
  expect(sameValue({ in: [one] }, { in: [other] })).toBe(false);
});

test.each<readonly [what: string, make: () => unknown]>([
  ["a regular expression", () => /a/gi],
  ["a query", () => new URLSearchParams("a=1")],
  ["bytes without a view", () => new Uint8Array([1]).buffer],
  ["a number that is an object", () => Object(1) as unknown],
  ["a Buffer", () => Buffer.from("a")],
])("%s is the same as what comes back of it from a store", (_, make) => {
  expect(sameValue(decode(encode({ in: make() }, "it")), { in: make() })).toBe(true);
});

test("where a regular expression has last looked does not count: no store keeps it", () => {
  const used = /a/g;
  used.exec("aaa");
  expect(sameValue(used, /a/g)).toBe(true);
});

test("an instance of a registered class is what it is stored as", () => {
  class Weight {
    readonly #grams: number;
    constructor(grams: number) {
      this.#grams = grams;
    }
    static data(this: void, { grams }: { readonly grams: number }): Weight {
      return new Weight(grams);
    }
    static grams(this: void, weight: Weight): { readonly grams: number } {
      return { grams: weight.#grams };
    }
  }
  registerCustomType(Weight, { tag: "same-value:weight", serialize: Weight.grams, deserialize: Weight.data });
  expect(sameValue(new Weight(1), new Weight(1))).toBe(true);
  expect(sameValue({ of: new Weight(1) }, { of: new Weight(2) })).toBe(false);
});
