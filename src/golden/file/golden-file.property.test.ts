import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { at, goldenWith, stepAt } from "../../../test/golden/file/sample.ts";
import { sha256 } from "../../base/hash.ts";
import { FlujoFile } from "../../model/flujo-file.ts";
import { registerCustomType } from "../../serialize/custom-types.ts";
import type { Golden } from "../golden.ts";
import { parseGolden } from "./parse-golden.ts";
import { printGolden } from "./print-golden.ts";

vi.setConfig({ testTimeout: 60_000 }); // thousands of goldens, and machines may be busy

/** The golden as it comes back from its text. */
function readBack(golden: Golden): Golden {
  const { text, payloads } = printGolden(golden);
  return parseGolden(text, { file: "p.golden.yaml", payload: (name) => payloads.get(name) ?? null });
}

/** What YAML is known to take for something else, and what editors and checkouts change. */
const trap = fc.oneof(
  fc.constantFrom(
    "no",
    "on",
    "Off",
    "y",
    "N",
    "~",
    "null",
    "NULL",
    "True",
    "1e3",
    "0x1F",
    "0o17",
    "1_000",
    "12:30:45",
    ".inf",
    "-.INF",
    ".nan",
  ),
  fc.constantFrom(
    "=",
    "<<",
    "-",
    "- a",
    "? a",
    "a: b",
    "a:",
    "#",
    "a #b",
    "& a",
    "*a",
    "!b",
    "!!int 3",
    "%YAML",
    "@a",
    "`a`",
    "---",
    "...",
    "--- a",
  ),
  fc.constantFrom(
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "-0",
    "+1",
    "0",
    "00",
    "1.",
    ".5",
    "",
    " ",
    "  a",
    "a  ",
    "\ta",
    "a\tb",
    "\n",
    "\n\n",
    " \n",
  ),
  fc.constantFrom(
    "a\n",
    "a\n\n",
    "a\n ",
    "a\n \n",
    "\na",
    " \na",
    "  a\nb",
    "a\n\n\nb",
    "a\r\nb",
    "a\rb",
    "a\u0085b",
    "a\u2028b",
    "a\u2029b",
    "\ufeffa",
  ),
  fc.constantFrom(
    "\0",
    "\x07",
    "\x7f",
    "\ud800",
    "\udc00a",
    "a\u00a0",
    "\u202ea",
    "👩‍👩‍👧",
    "é",
    "日本",
    "\uffff",
    "__proto__",
    "constructor",
    "'",
    '"',
    "\\",
    "{a",
    "a,b",
    "[a]",
  ),
);
const word = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  trap,
  fc.array(fc.oneof(trap, fc.constantFrom("\n", " ", "a")), { maxLength: 5 }).map((parts) => parts.join("")),
);

const plain = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(word, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(word, tie("value")), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;

/** As in the codec's own property: all that can be stored. */
const rich = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(word, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0)),
    fc.oneof(
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array(),
      fc.float64Array(),
      fc.webUrl().map((url) => new URL(url)),
      fc.constantFrom(/a\/b\n/giu, new URLSearchParams("a=1&a=2"), Object("boxed"), Object(1), Object(1n), Object(false)),
      fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer),
      fc.uint8Array().map((bytes) => new DataView(new Uint8Array(bytes).buffer)),
      fc.sparseArray(fc.integer(), { maxNumElements: 4 }),
    ),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.oneof(word, fc.constantFrom("$date", "$map", "$plain", "$text", "$json", "$ref")).filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
    fc.dictionary(fc.constantFrom("a", "b", "$set"), tie("value"), { noNullPrototype: false }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 4 }).map((values) => new Set(values)),
  ),
})).value;

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
  tag: "golden-file:Sealed",
  version: 3,
  serialize: ({ inside }) => ({ inside }),
  deserialize: ({ inside }) => new Sealed(inside),
});

const custom = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    rich,
    tie("value").map((inside) => new Sealed(inside)),
    fc.dictionary(fc.constantFrom("$custom", "tag", "$file", "data"), tie("value")),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc
      .tuple(fc.uint8Array({ maxLength: 3_000 }), fc.option(fc.string()))
      .map(([bytes, name]) => new FlujoFile({ sha256: sha256(bytes), mediaType: "image/png", name, bytes })),
  ),
})).value;

/** With what is sealed laid open, so that values can be compared; a class still counts. */
function laidOpen(value: unknown): unknown {
  if (value instanceof Sealed) return { sealed: laidOpen(value.inside) };
  if (Array.isArray(value) && Object.keys(value).length === value.length) return value.map(laidOpen);
  if (value instanceof Map) return { map: [...value].map(laidOpen) };
  if (value instanceof Set) return { set: [...value].map(laidOpen) };
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return { object: Object.entries(value).map(laidOpen) };
}

/** The value at every place of a golden where one can stand. */
function everywhere(value: unknown): Golden {
  return goldenWith({
    input: value,
    context: value,
    operations: [
      stepAt("triage/a", { request: { input: value, feedback: value }, response: { status: "succeeded", value, writes: [] } }),
      stepAt("triage/b", {
        response: {
          status: "succeeded",
          value: null,
          writes: [
            { op: "set", path: ["a", 0], value },
            { op: "contribute", field: "f", value },
          ],
        },
      }),
      stepAt("triage/c", { kind: "model", response: { status: "succeeded", value, writes: [] } }),
      stepAt("triage/d", {
        response: {
          status: "failed",
          failure: {
            code: "continued",
            message: "On.",
            path: at("triage/d"),
            retryable: false,
            continueWith: { input: value, context: value },
          },
        },
      }),
    ],
    result: { status: "succeeded", output: value, context: value, continued: true },
  });
}

test("plain values come back to the letter, with their keys in the same order, whatever YAML takes them for", () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(JSON.stringify(readBack(everywhere(value)))).toBe(JSON.stringify(everywhere(value)));
    }),
    { numRuns: 600 },
  );
});

test("whatever the codec can store comes back equal, class by class", () => {
  fc.assert(
    fc.property(custom, (value) => {
      const golden = everywhere(value);
      expect(isDeepStrictEqual(laidOpen(readBack(golden)), laidOpen(golden))).toBe(true);
    }),
    { numRuns: 600 },
  );
});

test("texts of any length come back, in the file or as payloads, wherever they stand", () => {
  const long = fc.tuple(word, fc.integer({ min: 1, max: 3_000 })).map(([text, times]) => text.repeat(times).slice(0, 6_000));
  fc.assert(
    fc.property(long, fc.boolean(), (text, isNested) => {
      const golden = everywhere(isNested ? [{ text }, text] : text);
      expect(isDeepStrictEqual(readBack(golden), golden)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test("what was read back is written in the same bytes", () => {
  fc.assert(
    fc.property(custom, (value) => {
      const printed = printGolden(everywhere(value));
      expect(printGolden(readBack(everywhere(value)))).toEqual(printed);
    }),
    { numRuns: 300 },
  );
});

test("no text makes the reader do anything but answer or refuse", () => {
  const { text } = printGolden(everywhere([{ a: "b\nc" }, new Map([[1, 2n]]), new Date(0)]));
  const edit = fc.record({
    from: fc.nat(text.length),
    length: fc.integer({ min: 0, max: 30 }),
    by: fc.oneof(
      fc.string(),
      trap,
      fc.constantFrom("\n", "  ", "[", "{ ", "&a ", "*a", "!!js ", "- ", '"', "|", ": ", "$date", "$json", "$custom"),
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let edited = text;
      for (const { from, length, by } of edits) edited = edited.slice(0, from) + by + edited.slice(from + length);
      try {
        parseGolden(edited, { file: "p.golden.yaml", payload: () => null });
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^golden_(unreadable|newer)$/), details: { line: expect.any(Number) } });
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
