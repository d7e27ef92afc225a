import { expect, test } from "vitest";
import { sha256 } from "../../base/hash.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { jsonText } from "../json-text.ts";
import { valueLine, valueLines } from "./value-text.ts";

test("a value is written so that people can read it", () => {
  const value = {
    subject: "Charged twice",
    urgency: 4,
    ok: true,
    none: null,
    left: undefined,
    tags: ["a", "b"],
    customer: { name: "Ada", orders: [{ id: 1 }, { id: 2 }] },
    text: "two\nlines",
    empty: [],
    at: new Date(0),
    big: 10n,
    seen: new Set(["x"]),
    by: new Map([["k", 1]]),
  };
  expect(valueLines(value)).toEqual([
    "subject: Charged twice",
    "urgency: 4",
    "ok: true",
    "none: nothing",
    "tags:",
    "  - a",
    "  - b",
    "customer:",
    "  name: Ada",
    "  orders:",
    "    - id: 1",
    "    - id: 2",
    "text:",
    "  two",
    "  lines",
    "empty: (none)",
    "at: 1970-01-01T00:00:00.000Z",
    "big: 10",
    "seen:",
    "  - x",
    "by:",
    "  k: 1",
  ]);
});

test("a long value is cut, and says by how much", () => {
  expect(
    valueLines(
      Array.from({ length: 20 }, (_, n) => n),
      { lines: 3, members: 5 },
    ),
  ).toEqual(["- 0", "- 1", "- 2", "… 3 more lines"]);
  expect(valueLines([1, 2, 3], { lines: 9, members: 2 })).toEqual(["- 1", "- 2", "… 1 more"]);
});

test("a value that holds itself comes to an end", () => {
  const loop: Record<string, unknown> = { name: "loop" };
  loop["self"] = loop;
  expect(valueLines(loop)).toEqual(["name: loop", "self:", "  …"]);
  expect(jsonText(loop, 0)).toBe('{"name":"loop","self":"[circular]"}');
  expect(valueLine(loop)).toContain("…");
});

test("hostile keys and texts are made printable", () => {
  expect(valueLines({ "\u001B[31mkey": "\u001B]0;t\u0007value" })).toEqual(["key: value"]);
  expect(valueLine(["\u001B[2J"])).not.toContain("\u001B");
});

test("one line says it as short as can be", () => {
  expect([valueLine("text\nhere"), valueLine({ area: "bug", n: [1, 2] }), valueLine([]), valueLine(undefined)]).toEqual([
    "text here",
    '{ area: "bug", n: [1, 2] }',
    "[]",
    "nothing",
  ]);
});

test("JSON has a word for everything, and none that a terminal obeys", () => {
  const value = {
    at: new Date(0),
    big: 10n,
    set: new Set([1]),
    map: new Map([["k", 1]]),
    pairs: new Map([[1, 2]]),
    url: new URL("https://example.org/"),
    bytes: new Uint8Array([1, 2]),
    nan: Number.NaN,
  };
  expect(JSON.parse(jsonText(value, 2))).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    big: "10",
    set: [1],
    map: { k: 1 },
    pairs: [[1, 2]],
    url: "https://example.org/",
    bytes: "AQI=",
    nan: null,
  });
  const evil = "\u001B\u009B\u202E\u007F";
  expect(jsonText(evil, 0)).toBe('"\\u001b\\u009b\\u202e\\u007f"');
  expect(JSON.parse(jsonText(JSON.parse('{"__proto__": 1}'), 0))).toEqual(JSON.parse('{"__proto__": 1}'));
});

test("a file is shown with all but its bytes, and instances of classes by their fields or their toJSON", () => {
  class Money {
    readonly cents: bigint;
    readonly currency = "EUR";
    constructor(cents: bigint) {
      this.cents = cents;
    }
  }
  class Secret {
    toJSON(): unknown {
      throw new Error("not for your eyes");
    }
  }
  const bytes = new Uint8Array(5_000);
  const photo = new FlujoFile({ sha256: sha256(bytes), mediaType: "image/png", name: "a.png", bytes });
  const shown = { file: "a.png", mediaType: "image/png", size: 5_000, sha256: photo.sha256 };
  expect(valueLines({ photo, price: new Money(100n), secret: new Secret() })).toEqual([
    "photo:",
    ...Object.entries(shown).map(([key, value]) => `  ${key}: ${value}`),
    "price:",
    "  cents: 100",
    "  currency: EUR",
    "secret: (not readable)",
  ]);
  expect(valueLine(new Money(1n))).toBe('{ cents: 1, currency: "EUR" }');
  expect(JSON.parse(jsonText({ photo, price: new Money(100n) }, 0))).toEqual({
    photo: shown,
    price: { cents: "100", currency: "EUR" },
  });
});
