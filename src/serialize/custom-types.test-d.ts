import { expectTypeOf, test } from "vitest";
import { registerCustomDeserializer, registerCustomSerializer, registerCustomType } from "./custom-types.ts";

class Money {
  readonly cents: bigint;
  private constructor(cents: bigint) {
    this.cents = cents;
  }
  static of(cents: bigint): Money {
    return new Money(cents);
  }
}

test("a serializer is given an instance, also of a class whose constructor is private", () => {
  registerCustomSerializer(Money, {
    tag: "Money",
    serialize: (money) => {
      expectTypeOf(money).toEqualTypeOf<Money>();
      return money.cents;
    },
  });
});

test("what both are registered with agrees: the deserializer is given what the serializer gives", () => {
  registerCustomType(Money, {
    tag: "Money",
    serialize: ({ cents }) => ({ cents, at: new Date(0) }),
    deserialize: (data) => {
      expectTypeOf(data).toEqualTypeOf<{ cents: bigint; at: Date }>();
      return Money.of(data.cents);
    },
  });
  // @ts-expect-error It gives a text instead of Money.
  registerCustomType(Money, { tag: "Money", serialize: ({ cents }) => cents, deserialize: (cents) => String(cents) });
  // @ts-expect-error It asks for a text where a bigint was stored.
  registerCustomType(Money, { tag: "Money", serialize: ({ cents }) => cents, deserialize: (cents: string) => Money.of(BigInt(cents)) });
});

test("a deserializer on its own says what it is given, or is given something unknown", () => {
  registerCustomDeserializer({ tag: "Money", deserialize: (cents: bigint) => Money.of(cents) });
  registerCustomDeserializer({
    tag: "Money",
    deserialize: (data) => {
      expectTypeOf(data).toBeUnknown();
      return Money.of(1n);
    },
  });
});

test("a text is no class", () => {
  // @ts-expect-error A name is not a class.
  registerCustomSerializer("Money", { tag: "Money", serialize: () => 1 });
});
