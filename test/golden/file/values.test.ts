import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGolden } from "../../../src/golden/file/parse-golden.ts";
import { printGolden } from "../../../src/golden/file/print-golden.ts";
import { sha256 } from "../../../src/base/hash.ts";
import { FlujoFile } from "../../../src/model/flujo-file.ts";
import { goldenWith, stepAt } from "./sample.ts";

const source = { file: "g", payload: () => null };
const linesOf = (input: unknown) => /\nseed: seed-1\n(.*?)\n\nresult:/s.exec(printGolden(goldenWith({ input })).text)?.[1];

test("every word that some YAML takes for something else comes back as the text it is", () => {
  const words =
    "null NULL ~ true True TRUE false yes Yes no No NO on off y n N .inf -.INF .nan nan inf 1 -1 +1 01 1e3 1E3 1_000 0x1F 0o17 0b1 12:30:45 1. .5 -0 2026-01-01 = << - -- --- ... ? : # , [ ] { } & * ! | > ' \" % @ `".split(
      " ",
    );
  for (const word of [...words, "", " ", "a: b", "a #b", "- a", "? a", "!!int 3", "__proto__"]) {
    const value = { [word]: [word, { [word]: word }], list: [[word]] };
    expect(parseGolden(printGolden(goldenWith({ input: value })).text, source).input).toStrictEqual(value);
  }
});

test("what nobody sees in a text is written out, and what everybody can read stays as it is", () => {
  expect(linesOf("a\u202eb\u200bc\ufeffd\u2028e\tf\u0085g\ud800")).toBe(String.raw`input: "a\u202eb\u200bc\ufeffd\u2028e\tf\u0085g\ud800"`);
  expect(linesOf("Grüße, 日本: 👩‍👩‍👧")).toBe('input: "Grüße, 日本: 👩‍👩‍👧"');
  expect(linesOf('He said "no\\yes"')).toBe(`input: He said "no\\yes"`);
  expect(linesOf('{"a":"it\'s"}')).toBe(`input: '{"a":"it''s"}'`);
});

test("a text of several lines stands as a block of them", () => {
  expect(linesOf("Dear Ada,\n\n  thank you.\n")).toBe("input: |\n  Dear Ada,\n\n    thank you.");
  expect(linesOf("  - a\n  - b")).toBe("input: |2-\n    - a\n    - b");
  expect(linesOf("a\r\nb")).toBe(String.raw`input: "a\r\nb"`);
});

test("what JSON has no words for is an object with one key that begins with $", () => {
  expect(linesOf([undefined, Number.NaN, -0, 12n, new Date(0)])).toBe(`input:
  - { $undefined: true }
  - { $number: "NaN" }
  - { $number: "-0" }
  - { $bigint: "12n" }
  - { $date: "1970-01-01T00:00:00.000Z" }`);
  expect(linesOf([new Map([["a", 1]]), new Set([1]), new Uint8Array([1, 2]), new URL("https://a.b/c"), /a+/i])).toBe(`input:
  - $map: [[a, 1]]
  - { $set: [1] }
  - { $bytes: AQI= }
  - { $url: https://a.b/c }
  - { $regexp: /a+/i }`);
  const bytes = new Uint8Array([104, 105]);
  expect(linesOf([new FlujoFile({ sha256: sha256(bytes), mediaType: "text/plain", name: "a.txt", bytes })])).toBe(`input:
  - { $file: { name: a.txt, mediaType: text/plain, bytes: aGk= } }`);
  expect(linesOf({ $ref: "#/a" })).toBe('input: { $ref: "#/a" }');
  expect(linesOf({ $date: "mine" })).toBe("input: { $plain: { $date: mine } }");
});

test("a model's turn comes back to the letter, however near it is to what goes without saying", () => {
  const call = { callId: "c", name: "t", input: { q: 1 } };
  const said = { type: "text", text: "Hi." };
  const called = { type: "tool-call", toolCallId: "c", toolName: "t", input: { q: 1 } };
  const message = fc.constantFrom<unknown>(
    [],
    [{ role: "assistant", content: [said] }],
    [{ content: [said], role: "assistant" }],
    [{ role: "assistant", content: [called] }],
    [{ role: "assistant", content: [said, called] }],
    [{ role: "assistant", content: [said, { ...called, input: { q: -0 } }] }],
    [{ role: "assistant", content: [{ ...said, text: undefined }] }],
  );
  const turn = fc.record({
    text: fc.constantFrom("", "Hi."),
    reasoning: fc.constantFrom("", "Hm."),
    toolCalls: fc.constantFrom<unknown[]>([], [call], [call, call], ["odd"]),
    finish: fc.constantFrom<unknown>("stop", "tool-calls", "length", 1),
    messages: message,
    output: fc.constantFrom<unknown>(null, undefined, { ok: true, value: "Hi." }, { value: "Hi.", ok: true }, { ok: true, value: "" }),
  });
  const turns = fc.tuple(turn, fc.constantFrom("", "more", "text", "output")).map(([whole, odd]) => {
    if (odd === "more") return { ...whole, more: 1 };
    return odd === "" ? whole : Object.fromEntries(Object.entries(whole).filter(([key]) => key !== odd));
  });
  fc.assert(
    fc.property(turns, (value) => {
      const golden = goldenWith({
        operations: [stepAt("p/a/turn[0]", { kind: "model", name: "a", response: { status: "succeeded", value, writes: [] } })],
      });
      const read = parseGolden(printGolden(golden).text, source);
      expect(read).toStrictEqual(golden);
      expect(orderOf(read)).toBe(orderOf(golden));
    }),
    { numRuns: 1_000 },
  );
});

function orderOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (inner === undefined ? "undefined" : inner));
}

test("names, decisions and waits that their path says are not written, and others are", () => {
  const operations = [
    stepAt("p/items[3]/fetch#2", { name: "fetch" }),
    stepAt("p/fetch", { name: "other" }),
    stepAt("p/route/?key", { kind: "decide", about: "key", name: "route" }),
    stepAt("p/route/?until", { kind: "decide", about: "validate", name: "check" }),
    stepAt("p/route/?key#2", { kind: "decide", about: null, name: "route" }),
    stepAt("p/a/turn[0]/tool[1]", { kind: "tool", name: "lookUp", request: { tool: "lookUp", input: 1 } }),
    stepAt("p/a/turn[0]/tool[1]/agree", { kind: "human", waitsFor: "approval", name: "agree" }),
    stepAt("p/ask", { kind: "human", waitsFor: null, name: "ask" }),
    stepAt("p/ask/late", { kind: "sleep", waitsFor: "deadline", name: "late" }),
  ];
  const { text } = printGolden(goldenWith({ operations }));
  expect(parseGolden(text, source).operations).toStrictEqual(operations);
  expect(text.match(/(?<= {4})(?:name|about|waitsFor): .*/g)).toEqual([
    "name: other",
    "name: check",
    "about: validate",
    "about: null",
    "waitsFor: approval",
    "waitsFor: null",
    "waitsFor: deadline",
  ]);
});

test("what something cost is exact to the last nano-dollar", () => {
  const nanos = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 1, 999_999_999, 1_000_000_000));
  fc.assert(
    fc.property(nanos, fc.constantFrom<"exact" | "estimated">("exact", "estimated"), (nanoUsd, kind) => {
      const golden = goldenWith({ cost: { kind, nanoUsd } });
      expect(parseGolden(printGolden(golden).text, source).cost).toStrictEqual({ kind, nanoUsd });
    }),
  );
  expect(printGolden(goldenWith({ cost: { kind: "exact", nanoUsd: 123_000 } })).text).toContain("\ncost: $0.000123\n");
});
