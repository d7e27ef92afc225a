import fc from "fast-check";
import { expect, test } from "vitest";
import { countTokens } from "./count.ts";

test.each([
  ["", 0],
  ["a word", 2],
  ["handwriting", 2],
  ["12345", 2],
  ["Yes, please.", 4],
])("%j counts %d", (text, tokens) => {
  expect(countTokens(text)).toBe(tokens);
});

test("more text never counts less, and no text counts more than its bytes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(countTokens(`${a} ${b}`)).toBeGreaterThanOrEqual(countTokens(a));
      expect(countTokens(a)).toBeLessThanOrEqual(new TextEncoder().encode(a).length);
    }),
  );
});
