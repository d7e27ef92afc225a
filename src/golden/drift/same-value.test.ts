import fc from "fast-check";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
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
