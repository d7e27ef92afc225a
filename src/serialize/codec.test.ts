import { execFileSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { FlujoError } from "../base/errors.ts";
import { decode, encode } from "./codec.ts";

class Invoice {
  readonly total = 3;
}

function refusalOf(value: unknown): { readonly code: string; readonly at: unknown; readonly what: unknown } {
  try {
    encode(value, "triage/classify");
  } catch (error) {
    if (FlujoError.is(error)) return { code: error.code, at: error.details["at"], what: error.details["what"] };
    throw error;
  }
  throw new Error("It was not refused.");
}

function nested(levels: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < levels; level++) value = { d: value };
  return value;
}

describe("encode", () => {
  test("says in plain JSON what JSON can say, and begins with a brace then", () => {
    expect(encode({ a: [1, "two", null, true, { b: {} }] }, "p")).toBe('{"a":[1,"two",null,true,{"b":{}}]}');
  });

  test.each([
    ["undefined", { a: undefined }],
    ["a number JSON has no word for", { a: Number.NaN }],
    ["minus zero", { a: -0 }],
    ["a hole", { a: Object.assign([1], { 2: 3 }) }],
    ["an object without a prototype", { a: Object.assign(Object.create(null), { b: 1 }) }],
    ["a date", { a: new Date(0) }],
    ["a list at the top", [1]],
    ["a text at the top", "text"],
    ["nothing at the top", null],
    ["undefined at the top", undefined],
  ])("says in the other form what would come back changed: %s", (_name, value) => {
    const text = encode(value, "p");
    expect(text.startsWith("{")).toBe(false);
    expect(decode(text)).toEqual(value);
  });

  test("an object of another realm is a plain object", () => {
    expect(decode(encode({ a: runInNewContext("({ b: [1] })") }, "p"))).toEqual({ a: { b: [1] } });
  });

  test("parts that are shared stay shared, and are written once", () => {
    const part = { text: "x".repeat(1_000) };
    const read = decode(encode({ a: part, b: part, when: new Date(0) }, "p")) as { readonly a: unknown; readonly b: unknown };
    expect(read.a).toBe(read.b);
  });

  test("a small value that shares its parts exponentially is written in no time", () => {
    let value: unknown = { leaf: true };
    for (let level = 0; level < 60; level++) value = { a: value, b: value };
    expect(encode(value, "p").length).toBeLessThan(5_000);
  });

  test("of a Buffer only its own bytes are written, not its neighbours in the pool", () => {
    const secret = Buffer.from("neighbour");
    const text = encode({ bytes: Buffer.from("own") }, "p");
    expect(decode(text)).toEqual({ bytes: new Uint8Array(Buffer.from("own")) });
    expect(text.length).toBeLessThan(100);
    expect(secret.length).toBe(9);
  });
});

describe("encode refuses, naming the place and what stands there", () => {
  const cycle: { items: unknown[] } = { items: [{}] };
  cycle.items.push({ up: cycle });

  test.each([
    ["a class instance", { output: { items: [0, 1, 2, { when: new Invoice() }] } }, "output.items[3].when", "an instance of Invoice"],
    ["a class derived from a storable one", { a: new (class Ledger extends Map {})() }, "a", "an instance of Ledger"],
    ["an instance of a class without a name", { a: new (class {})() }, "a", /instance of/],
    ["a class that only borrows a storable name", { a: new (class Set {})() }, "a", "an instance of Set"],
    ["an error", { a: new TypeError("x") }, "a", "an instance of TypeError"],
    ["a promise", { a: Promise.resolve() }, "a", "an instance of Promise"],
    ["a function", { a: { run() {} } }, "a.run", "the function run"],
    ["a symbol", { a: [Symbol("x")] }, "a[0]", "a symbol"],
    ["a symbol as a key", { a: { [Symbol("x")]: 1, b: new Date(0) } }, "a", "an object with a symbol as a key"],
    ["a cycle", cycle, "items[1].up", "a reference back to a value it is part of"],
    ["something in a map", { m: new Map([["key", new Invoice()]]) }, 'm.get("key")', "an instance of Invoice"],
    ["something in a set", { s: new Set([1, new Invoice()]) }, "s.values()[1]", "an instance of Invoice"],
    ["something under a key with a space", { "a b": { "0": new Invoice() } }, '["a b"]["0"]', "an instance of Invoice"],
    ["a value as a whole", new Invoice(), "", "an instance of Invoice"],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("boo");
        },
      },
      "",
      "not readable (boo)",
    ],
  ])("%s", (_name, value, at, what) => {
    expect(refusalOf(value)).toEqual({ code: "value_unstorable", at, what: typeof what === "string" ? what : expect.stringMatching(what) });
  });

  test("what is nested more than 500 levels deep, before any reader could run out of stack", () => {
    expect(decode(encode(nested(500), "p"))).toEqual(nested(500));
    expect(refusalOf(nested(501))).toMatchObject({ what: "nested more than 500 levels deep" });
    expect(refusalOf(nested(100_000))).toMatchObject({ what: "nested more than 500 levels deep" });
    expect(refusalOf({ when: new Date(0), deep: nested(100_000) })).toMatchObject({ what: "nested more than 500 levels deep" });
  });

  test("in a sentence that begins with where it belongs", () => {
    expect(() => encode({ a: new Invoice() }, "triage/bill")).toThrow("triage/bill: a is an instance of Invoice, which cannot be stored.");
  });
});

const GARBAGE = `
  {
  [
  nonsense
  {"a":
  [1
  null
  -1x
  []
  [[99]]
  [["Date"]
  ["Function","x"]
  [["Unknown",1],2]
  [["Uint8Array",0]]
  [["Uint8Array",1],5000000000]
  [["ArrayBuffer",{}]]
  [["URL",":"]]
  [["BigInt","x"]]
  [["RegExp","("]]`
  .split("\n")
  .map((line) => line.trim());

describe("decode", () => {
  test.each([
    ...GARBAGE,
    `[${Array.from({ length: 200_000 }, (_, index) => `[${index + 1}]`).join(",")}]`,
    `${"[".repeat(200_000)}${"]".repeat(200_000)}`,
  ])("refuses garbage as a damaged record", (text) => {
    let read: unknown;
    try {
      read = decode(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "state_unreadable" });
      return;
    }
    expect(typeof read, "what is accepted is harmless data").not.toBe("function");
  });

  test.each([
    '{"__proto__":{"owned":true}}',
    '[{"__proto__":1},{"owned":2},true]',
    '[["null","__proto__",1],{"owned":2},true]',
    '{"constructor":{"prototype":{"owned":true}}}',
  ])("reaches no prototype: %s", (text) => {
    try {
      decode(text);
    } catch (error) {
      expect(error).toMatchObject({ code: "state_unreadable" });
    }
    expect({}).not.toHaveProperty("owned");
  });

  test("allocates nothing for a list that only claims to be huge", () => {
    const before = process.memoryUsage().rss;
    const read = decode("[[-7,4294967295,0,1],1]") as readonly unknown[];
    expect(read.length).toBe(4_294_967_295);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });
});

test("devalue is loaded when it is first needed, and not before", () => {
  const script = `
    const loaded = [];
    process.getBuiltinModule("node:module").registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
    const { encode } = await import(${JSON.stringify(new URL("./codec.ts", import.meta.url).href)});
    encode({ plain: true }, "p");
    const before = loaded.some((url) => url.includes("devalue"));
    encode({ when: new Date(0) }, "p");
    process.stdout.write(before + " " + loaded.some((url) => url.includes("devalue")));`;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" })).toBe("false true");
});
