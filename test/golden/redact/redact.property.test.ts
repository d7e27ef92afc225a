import fc from "fast-check";
import { expect, test } from "vitest";
import { redactGolden } from "../../../src/golden/redact/redact-golden.ts";
import { decode, encode } from "../../../src/serialize/codec.ts";
import { aGolden, anOperation } from "./a-golden.ts";

const SECRETS = ["hunter2", "Hunter2x", 'ab c"d', "sk-abcdefghijklmnop", "ter2x9", "1234567", "naïve-ключ"];
const RULES = { secrets: SECRETS, fields: ["phone", "a.**.b"], rules: [{ name: "no", pattern: /N\d+/ }] };

const piece = fc.oneof(
  fc.constantFrom(...SECRETS),
  fc.constantFrom("anna@x.org", "4111 1111 1111 1111", "5555555555554444", "https://u:passw0rd1@h/", "Bearer abc123def456", "N17", "N18"),
  fc.constantFrom("[secret-1]", "person-2@redacted.example", "sk-redacted-1", "4100000000000019", "[no-1]", "redacted-", "[secret-"),
  fc.constantFrom(" ", '"', "\\", "%", "+", "@", "=", "-", "\n", "\\u0061", "%41", "%ff"),
  fc.string({ maxLength: 6 }),
);
const flat = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
const text = fc.tuple(flat, fc.array(fc.constantFrom("json", "url", "base64", "hex"), { maxLength: 2 })).map(([given, ways]) => {
  return ways.reduce((inner: string, way) => {
    if (way === "json") return JSON.stringify({ phone: inner });
    return way === "url" ? encodeURIComponent(inner.toWellFormed()) : Buffer.from(inner).toString(way);
  }, given);
});
const value = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    text,
    fc.oneof(fc.integer(), fc.double(), fc.bigInt(), fc.boolean(), fc.constantFrom(null, undefined, 4_111_111_111_111_111, 1_234_567)),
    fc.oneof(
      fc.date({ noInvalidDate: false }),
      text.map((given) => new TextEncoder().encode(given)),
      fc.uint8Array(),
      fc.float64Array({ maxLength: 3 }),
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom("phone", "a", "b", "type"),
        text.filter((key) => key !== "__proto__"),
      ),
      tie("value"),
      { maxKeys: 4 },
    ),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie("value"), { maxLength: 3 }).map((values) => new Set(values)),
  ),
})).value;

test("what is redacted stays as it is when it is redacted again, can be stored, and holds no secret as it was", () => {
  fc.assert(
    fc.property(value, value, text, (input, output, said) => {
      const operation = anOperation("triage/a", { request: { input: said }, response: { status: "succeeded", value: output, writes: [] } });
      const once = redactGolden(aGolden({ input, operations: [operation] }), RULES);
      expect(redactGolden(once, RULES)).toBe(once);
      const stored = encode(once, "test");
      expect(redactGolden(decode(stored) as typeof once, RULES)).toEqual(decode(stored));
      expect(stored).not.toMatch(/hunter2|ter2x9|passw0rd1|anna@x\.org/i);
    }),
    { numRuns: 400 },
  );
});

test("any value is taken, and the same value gives the same", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withMap: true,
        withSet: true,
        withBigInt: true,
        withDate: true,
        withTypedArray: true,
        withBoxedValues: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      (input) => {
        const one = redactGolden(aGolden({ input }), RULES);
        expect(redactGolden(aGolden({ input }), RULES)).toEqual(one);
      },
    ),
    { numRuns: 300 },
  );
});
