import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitText } from "../../src/recipes/index.ts";

const texts = fc
  .array(fc.oneof(fc.constantFrom("word", "a", "\n\n", "\n", ". ", " ", "!", "🦊", "潮汐。", "\t"), fc.string()), { maxLength: 120 })
  .map((all) => all.join(""));
const sizes = fc
  .integer({ min: 20, max: 80 })
  .chain((maxCharacters) =>
    fc.record({ maxCharacters: fc.constant(maxCharacters), overlap: fc.integer({ min: 0, max: Math.floor(maxCharacters / 2) }) }),
  );

describe("a text is split", () => {
  test("into pieces that are its own letters, in order, none too long, with nothing but white space left out", () => {
    fc.assert(
      fc.property(texts, sizes, (text, size) => {
        const pieces = splitText(text, size);
        let covered = 0;
        let last = -1;
        for (const { text: piece, start, end } of pieces) {
          expect(piece).toBe(text.slice(start, end));
          expect(piece.length).toBeLessThanOrEqual(size.maxCharacters);
          expect(piece.trim()).toBe(piece);
          expect(start).toBeGreaterThan(last);
          expect(text.slice(covered, Math.max(covered, start)).trim()).toBe("");
          expect(Math.max(0, covered - start)).toBeLessThanOrEqual(size.overlap);
          last = start;
          covered = Math.max(covered, end);
        }
        expect(text.slice(covered).trim()).toBe("");
      }),
    );
  });

  test("with no character cut in two", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("🦊", "a", "🧭", " "), { maxLength: 200 }), sizes, (signs, size) => {
        for (const { text } of splitText(signs.join(""), size)) expect(text.isWellFormed()).toBe(true);
      }),
    );
  });

  test.each([
    ["between paragraphs first", "One is here.\n\nTwo is\nthere. It is long.", ["One is here.", "Two is\nthere. It is long."]],
    ["then between lines", "One is here. And\nTwo is there. It is long.", ["One is here. And", "Two is there. It is long."]],
    ["then between sentences", "One is here. Two is there. It is long.", ["One is here. Two is there.", "It is long."]],
    ["then between words", "one two three four five six seven eight", ["one two three four five six", "seven eight"]],
    ["and within a word where there is nothing else", "x".repeat(40), ["x".repeat(30), "x".repeat(10)]],
  ])("%s", (_where, text, pieces) => {
    expect(splitText(text, { maxCharacters: 30 }).map((piece) => piece.text)).toEqual(pieces);
  });

  test("with the end of each piece again at the beginning of the next, at a word", () => {
    const [first, second] = splitText("one two three four five six seven eight nine", { maxCharacters: 30, overlap: 9 });
    expect([first?.text, second?.text]).toEqual(["one two three four five six", "five six seven eight nine"]);
  });

  test("a text without a word has no pieces", () => {
    expect(splitText(" \n\n ")).toEqual([]);
  });

  test.each([
    [{ maxCharacters: 19 }, "splitText(), maxCharacters: it is 19"],
    [{ maxCharacters: 100, overlap: 51 }, "splitText(), overlap: it is 51 of 100 characters"],
    [{ overlap: -1 }, "splitText(), overlap: it is -1"],
  ])("%o is refused", (options, message) => {
    expect(() => splitText("x", options)).toThrow(message);
  });
});
