import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { FlujoError } from "../base/errors.ts";
import { sha256 } from "../base/hash.ts";
import { ForeignValue } from "../model/foreign-value.ts";
import { FlujoFile } from "../model/flujo-file.ts";
import { decode, encode } from "./codec.ts";
import type { CustomSerializer } from "./custom-types.ts";
import { registerCustomDeserializer, registerCustomSerializer, registerCustomType } from "./custom-types.ts";

class Money {
  readonly #cents: bigint;
  readonly currency: string;
  constructor(cents: bigint, currency: string) {
    this.#cents = cents;
    this.currency = currency;
  }
  get cents(): bigint {
    return this.#cents;
  }
}
const storeMoney: CustomSerializer<Money> = { tag: "test:Money", version: 2, serialize: ({ cents, currency }) => ({ cents, currency }) };
registerCustomSerializer(Money, storeMoney);
registerCustomDeserializer({
  tag: "test:Money",
  version: 2,
  deserialize: ({ cents, currency }: { readonly cents: bigint; readonly currency: string }) => new Money(cents, currency),
});
registerCustomDeserializer({ tag: "test:Money", deserialize: (euros: number) => new Money(BigInt(euros) * 100n, "EUR") });

/** Holds whatever it is given, so that types nest. */
class Box {
  readonly inside: unknown;
  constructor(inside: unknown) {
    this.inside = inside;
  }
}
registerCustomType(Box, { tag: "test:Box", serialize: ({ inside }) => ({ inside }), deserialize: ({ inside }) => new Box(inside) });

function again(value: unknown): unknown {
  return (decode(encode({ value }, "p")) as { readonly value: unknown }).value;
}

function errorOf(work: () => unknown): FlujoError {
  try {
    work();
  } catch (error) {
    if (FlujoError.is(error)) return error;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

describe("a registered class", () => {
  test("comes back as itself, private fields and all, wherever it stands", () => {
    const price = new Money(4_200n, "CHF");
    const read = again({ list: [price], map: new Map([["price", price]]), set: new Set([price]), deep: { a: { b: price } } }) as {
      readonly list: readonly Money[];
      readonly map: ReadonlyMap<string, Money>;
      readonly set: ReadonlySet<Money>;
      readonly deep: { readonly a: { readonly b: Money } };
    };
    for (const money of [read.list[0], read.map.get("price"), ...read.set, read.deep.a.b]) {
      expect(money).toBeInstanceOf(Money);
      expect([money?.cents, money?.currency]).toEqual([4_200n, "CHF"]);
    }
    expect(read.list[0], "what was shared is shared").toBe(read.deep.a.b);
  });

  test("may be the value as a whole, and a key of a map", () => {
    expect(decode(encode(new Money(1n, "EUR"), "p"))).toBeInstanceOf(Money);
    const [key] = (again(new Map([[new Money(2n, "EUR"), 1]])) as ReadonlyMap<Money, number>).keys();
    expect(key?.cents).toBe(2n);
  });

  test("may hold others, dates, maps and files", () => {
    const read = again(new Box([new Box(new Money(3n, "EUR")), new Date(0), new Map([[1, new Box(null)]])])) as Box;
    const [inner, date, map] = read.inside as readonly [Box, Date, ReadonlyMap<number, Box>];
    expect((inner.inside as Money).cents).toBe(3n);
    expect(date).toEqual(new Date(0));
    expect(map.get(1)).toEqual(new Box(null));
  });

  test("is asked for its data once for each time that it is stored, however often it stands there", () => {
    let asked = 0;
    class Counted {}
    registerCustomType(Counted, { tag: "test:Counted", serialize: () => ++asked, deserialize: () => new Counted() });
    const one = new Counted();
    encode([one, { one }, new Map([[one, one]])], "p");
    expect(asked).toBe(1);
  });

  test("is read in the form in which it was stored: older versions stay readable", () => {
    const stored = encode(new Money(12n, "EUR"), "p").replace('"version":2', '"version":1'); // as it was stored once
    const old = JSON.stringify([["custom", 1], { tag: 2, version: 3, data: 4 }, "test:Money", 1, 12]);
    expect(stored).not.toBe(old);
    expect((decode(old) as Money).cents).toBe(1_200n);
  });

  test("costs plain values nothing: what JSON can say is JSON", () => {
    expect(encode({ a: [1, { b: "x" }] }, "p")).toBe('{"a":[1,{"b":"x"}]}');
  });
});

describe("only the very class counts:", () => {
  class Price extends Money {}

  test("an instance of a derived class is refused, and is never stored as its base", () => {
    expect(errorOf(() => encode({ price: new Price(1n, "EUR") }, "p/a"))).toMatchObject({
      code: "value_unstorable",
      details: { at: "price", what: "an instance of Price" },
      remedy: expect.stringContaining("registerCustomType") as string,
    });
  });

  test("unless the base says that it stands for them", () => {
    class Shape {
      readonly sides: number;
      constructor(sides: number) {
        this.sides = sides;
      }
    }
    class Triangle extends Shape {
      constructor() {
        super(3);
      }
    }
    registerCustomType(Shape, {
      tag: "test:Shape",
      subclasses: true,
      serialize: ({ sides }) => sides,
      deserialize: (sides) => new Shape(sides),
    });
    expect(again(new Triangle())).toEqual(new Shape(3));
  });

  test("a class of a storable kind may be registered, and is itself then", () => {
    class Ledger extends Map<string, number> {}
    registerCustomType(Ledger, { tag: "test:Ledger", serialize: (ledger) => [...ledger], deserialize: (rows) => new Ledger(rows) });
    const read = again({ ledger: new Ledger([["a", 1]]), map: new Map([["a", 1]]) }) as { readonly ledger: unknown; readonly map: unknown };
    expect(read.ledger).toBeInstanceOf(Ledger);
    expect(read.map).not.toBeInstanceOf(Ledger);
  });

  test("an error may be registered, and a class without a public constructor", () => {
    class Token {
      readonly text: string;
      private constructor(text: string) {
        this.text = text;
      }
      static of(text: string): Token {
        return new Token(text);
      }
    }
    registerCustomType(Token, { tag: "test:Token", serialize: ({ text }) => text, deserialize: (text) => Token.of(text) });
    registerCustomType(RangeError, {
      tag: "test:RangeError",
      serialize: ({ message }) => message,
      deserialize: (message) => new RangeError(message),
    });
    expect(again([Token.of("t"), new RangeError("far")])).toEqual([Token.of("t"), new RangeError("far")]);
    expect(() => encode(new TypeError("x"), "p")).toThrow(/TypeError/);
  });

  test("what has neither is refused as before: an object whose prototype is no class", () => {
    expect(() => encode({ a: Object.create({ inherited: 1 }) as unknown }, "p")).toThrow(/unnamed class/);
    class Bare extends (null as unknown as new () => object) {
      static make(): object {
        return Object.create(Bare.prototype) as object;
      }
    }
    expect(() => encode({ a: Bare.make() }, "p")).toThrow(/an instance of Bare/);
  });
});

describe("registering", () => {
  test("the same again changes nothing, also by running the same line again", () => {
    for (let time = 0; time < 2; time++) {
      registerCustomType(Box, { tag: "test:Box", serialize: ({ inside }) => ({ inside }), deserialize: ({ inside }) => new Box(inside) });
    }
    registerCustomSerializer(Money, storeMoney);
    expect(again(new Box(1))).toEqual(new Box(1));
  });

  class Other {}
  const bound = [1, 2].map((number) => ((kept: number) => kept).bind(null, number));

  test.each<[string, () => void, RegExp]>([
    [
      "a class twice",
      () => registerCustomSerializer(Money, { tag: "test:Cash", serialize: () => 1 }),
      /Money is registered already, as "test:Money", version 2/,
    ],
    ["a class with another version", () => registerCustomSerializer(Money, { ...storeMoney, version: 3 }), /registered already/],
    ["a class with another function", () => registerCustomSerializer(Money, { ...storeMoney, serialize: () => 0 }), /registered already/],
    [
      "a tag of another class",
      () => registerCustomSerializer(Other, { tag: "test:Money", serialize: () => 1 }),
      /belongs to another class, Money/,
    ],
    [
      "another deserializer for a version",
      () => registerCustomDeserializer({ tag: "test:Money", version: 2, deserialize: () => 1 }),
      /version 2, has another/,
    ],
    ["a tag of Flujo's", () => registerCustomSerializer(Other, { tag: "flujo:file", serialize: () => 1 }), /Flujo's own/],
    ["an empty tag", () => registerCustomDeserializer({ tag: "", deserialize: () => 1 }), /1 to 100 characters/],
    ["a version that is none", () => registerCustomDeserializer({ tag: "x", version: 1.5, deserialize: () => 1 }), /whole number/],
    ["version 0", () => registerCustomSerializer(Other, { tag: "x", version: 0, serialize: () => 1 }), /whole number/],
    ["what can be stored anyway", () => registerCustomSerializer(Date, { tag: "x", serialize: () => 1 }), /Date can be stored anyway/],
    ["plain objects", () => registerCustomSerializer(Object, { tag: "x", serialize: () => 1 }), /Object can be stored anyway/],
    ["files", () => registerCustomSerializer(FlujoFile, { tag: "x", serialize: () => 1 }), /FlujoFile can be stored anyway/],
    ["an instance", () => registerCustomSerializer(new Money(1n, "EUR") as never, { tag: "x", serialize: () => 1 }), /Only a class/],
    ["no function", () => registerCustomSerializer(Other, { tag: "x" } as never), /no function `serialize`/],
    [
      "two bound functions, which look alike",
      () => {
        for (const deserialize of bound) registerCustomDeserializer({ tag: "test:bound", deserialize });
      },
      /has another deserializer/,
    ],
  ])("%s is refused", (_name, register, message) => {
    const error = errorOf(register);
    expect(error.code).toBe("usage_invalid");
    expect(error.message).toMatch(message);
    expect(error.remedy).not.toBe("");
  });

  test("what was refused leaves nothing behind", () => {
    expect(() => encode(new Other(), "p")).toThrow(/an instance of Other/);
  });
});

describe("a serializer that", () => {
  let serialize: (value: unknown) => unknown = () => null;
  class Odd {}
  registerCustomSerializer(Odd, { tag: "test:Odd", serialize: (odd) => serialize(odd) });

  test.each<[string, (value: unknown) => unknown, RegExp]>([
    [
      "throws",
      () => {
        throw new Error("no ink");
      },
      /p\/a: items\[1\] is an instance of Odd, whose serializer threw \(no ink\)/,
    ],
    ["gives a promise", async () => 1, /whose serializer gives a promise instead of data/],
    ["gives a promise that fails", () => Promise.reject(new Error("late")), /gives a promise/],
    ["gives nothing", () => undefined, /gives undefined instead of data/],
    ["gives a function", () => () => 1, /items\[1\] is an instance of Odd, whose serializer gives a function/],
    [
      "gives an unregistered class",
      () => ({ owner: { name: new (class Owner {})() } }),
      /gives an instance of Owner at owner\.name, which/,
    ],
    ["gives the instance itself", (odd) => ({ odd }), /gives a reference back to a value it is part of at odd/],
    ["gives one of its kind for ever", () => new Odd(), /gives data nested more than 500 levels deep/],
    ["gives what is too deep", () => Array.from({ length: 100_000 }).reduce((inner) => ({ inner }), 1), /nested more than 500 levels/],
  ])("%s fails with its type and place", (_name, given, message) => {
    serialize = given;
    const error = errorOf(() => encode({ items: [0, new Odd()] }, "p/a"));
    expect(error.code).toBe("value_unstorable");
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(600);
  });
});

describe("what was stored and cannot be read", () => {
  const stored = (tag: unknown, version: unknown, data: unknown): string =>
    JSON.stringify([["custom", 1], { tag: 2, version: 3, data: 4 }, tag, version, data]);

  test("names type, version and what to do where nothing reads it", () => {
    const error = errorOf(() => decode(stored("test:Gone", 7, 1)));
    expect(error).toMatchObject({ code: "state_unreadable", details: { tag: "test:Gone", version: 7 } });
    expect(error.message).toContain('the custom type "test:Gone", version 7');
    expect(error.remedy).toContain('registerCustomDeserializer({ tag: "test:Gone", version: 7,');
  });

  test("names the versions that can be read", () => {
    expect(errorOf(() => decode(stored("test:Money", 3, 1))).message).toMatch(/it can read version (1, 2|2, 1)/);
  });

  test.each(["constructor", "__proto__", "toString", "hasOwnProperty", "flujo:other"])("finds nothing under the tag %s", (tag) => {
    expect(errorOf(() => decode(stored(tag, 1, { polluted: true })))).toMatchObject({ code: "state_unreadable" });
    expect({}).not.toHaveProperty("polluted");
  });

  test.each<[string, (data: unknown) => unknown, RegExp]>([
    [
      "throws",
      () => {
        throw new TypeError("what is this");
      },
      /"test:Reads\d+", version 1, cannot be read: its deserializer threw \(what is this\)/,
    ],
    ["throws a FlujoError of its own", () => decode("[["), /its deserializer threw/],
    ["gives a promise", async () => 1, /gives a promise instead of a value/],
    ["gives nothing", () => undefined, /gives undefined instead of a value/],
  ])("a deserializer that %s is named", (name, deserialize, message) => {
    const tag = `test:Reads${name.length}`;
    registerCustomDeserializer({ tag, deserialize });
    const error = errorOf(() => decode(stored(tag, 1, 0)));
    expect(error.code).toBe("state_unreadable");
    expect(error.message).toMatch(message);
    expect(error.message).toContain("mend what registerCustomDeserializer was given");
  });

  test.each([
    '[["custom",1],{"tag":2,"version":2},"test:Money"]',
    '[["custom",1],{"tag":2,"version":3,"data":4},1,1,1]',
    '[["custom",1],{"tag":2,"version":3,"data":4},"test:Money","2",1]',
    '[["custom",1],[2,3,4],"test:Money",2,1]',
    '[["custom",1],"test:Money"]',
    '[["custom","test:Money"]]',
    '[["custom",0]]',
    '[["custom",9]]',
    '[["custom",-1]]',
    '[["custom",1],["null","tag",2,"version",3],"test:Money",2]',
    '[["custom",1],{"__proto__":2},1]',
    '[["constructor",1],{"tag":2,"version":3,"data":4},"test:Money",2,1]',
    '[["__proto__",1],1]',
  ])("refuses the forged text %s", (text) => {
    expect(errorOf(() => decode(text)).code).toBe("state_unreadable");
  });

  test("refuses envelopes 100,000 deep", () => {
    const levels = 100_000;
    const parts: unknown[] = [];
    for (let level = 0; level < levels; level++)
      parts.push(["custom", level * 2 + 1], { tag: levels * 2, version: levels * 2 + 1, data: level * 2 + 2 });
    parts.push("test:Box", 1);
    expect(errorOf(() => decode(JSON.stringify(parts))).code).toBe("state_unreadable");
  });
});

describe("what cannot be read, where it is kept", () => {
  const text = JSON.stringify({ a: 1 });
  const foreign =
    '[{"kept":1,"known":5},["custom",2],{"tag":3,"version":4,"data":6},"test:Elsewhere",9,["custom",7],{"cents":8},{"tag":10,"version":11,"data":12},1,0,"test:Money",2,{"cents":13,"currency":14},["BigInt","1"],"EUR"]';

  test("stands as its tag, version and data, shows them, and is stored again as what it was", () => {
    const read = decode(foreign, undefined, "keep") as { readonly kept: ForeignValue; readonly known: Money };
    expect(read.kept).toBeInstanceOf(ForeignValue);
    expect(JSON.parse(JSON.stringify(read.kept))).toEqual({ type: "test:Elsewhere", version: 9, data: { cents: 1 } });
    expect(read.known.cents, "what can be read is read").toBe(1n);
    expect(decode(encode(read, "p"), undefined, "keep")).toEqual(read);
    expect(errorOf(() => decode(encode(read, "p"))).code).toBe("state_unreadable");
    expect(decode(text, undefined, "keep")).toEqual({ a: 1 });
  });

  test("may be a file whose bytes are gone", () => {
    const file = new FlujoFile({ sha256: sha256("x"), mediaType: "text/plain", name: "x.txt", bytes: new TextEncoder().encode("x") });
    const stored = encode({ file }, "p", new Map());
    expect(errorOf(() => decode(stored, () => null)).message).toMatch(/"x\.txt" .* are missing/);
    const read = decode(stored, () => null, "keep") as { readonly file: ForeignValue };
    expect(read.file.toJSON()).toMatchObject({ type: "flujo:file", data: { name: "x.txt", size: 1 } });
    expect(encode(read, "p")).toBe(stored);
  });

  test("is refused all the same where it is no envelope", () => {
    expect(errorOf(() => decode('[["custom",1],7]', undefined, "keep")).code).toBe("state_unreadable");
  });
});

describe("user data that looks like an envelope", () => {
  test.each<[string, unknown]>([
    ["an envelope", { tag: "test:Money", version: 2, data: { cents: 1n, currency: "EUR" } }],
    ["the text of one", encode(new Money(1n, "EUR"), "p")],
    ["what the other form begins with", ["custom", 1]],
    ["a list of its parts", [["custom", 1], { tag: 2, version: 3, data: 4 }, "test:Money", 2, { cents: 1n }]],
    ["an envelope of a file", { tag: "flujo:file", version: 1, data: { sha256: "00", mediaType: "a/b", name: null, size: 0 } }],
    [
      "a map with its fields",
      new Map<string, unknown>([
        ["tag", "test:Money"],
        ["version", 2],
        ["data", 1],
      ]),
    ],
    ["keys of prototypes", { constructor: { prototype: 1n }, toString: 1n, hasOwnProperty: 1n }],
  ])("comes back as data: %s", (_name, value) => {
    for (const held of [value, new Box(value), [value, new Date(0)]]) expect(isDeepStrictEqual(again(held), held)).toBe(true);
  });
});
