import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findQuote } from "../../src/recipes/index.ts";

const TEXT = "Tea — at 42 €  a box —\nwas “late”. It's paid twice, twice.";

describe("a quotation", () => {
  test.each([
    ["as it stands", "was “late”", "was “late”"],
    ["with other white space", "a box —  was", "a box —\nwas"],
    ["with other signs", `box - was "late". It’s paid`, "box —\nwas “late”. It's paid"],
    ["between ellipses", "… paid twice ...", "paid twice"],
    ["of digits alone", "42", "42"],
  ])("is found %s", (_how, quote, said) => {
    const found = findQuote(TEXT, quote);
    expect(found?.quote).toBe(said);
    expect(TEXT.slice(found?.start, found?.end)).toBe(said);
  });

  test.each([
    ["that is not there", "was early"],
    ["in other letters", "WAS “late”"],
    ["that begins within a word", "ea"],
    ["that ends within a word", "It's pai"],
    ["within a number", "4"],
    ["of signs alone", "—"],
    ["of nothing", "  "],
  ])("%s is not found", (_what, quote) => {
    expect(findQuote(TEXT, quote)).toBeNull();
  });

  test("stands where it does as a word, not where it is part of one before", () => {
    expect(findQuote("bored, or ore", "or")?.start).toBe(7);
  });

  test("needs no word edges in scripts that have none", () => {
    expect(findQuote("月の引力で潮が満ちる。", "引力で潮")?.start).toBe(2);
  });

  test("that was taken out of a text at its words is found in it, and says the same", () => {
    const words = fc.array(fc.constantFrom("tide", "moon", "“sea”", "42", "🦊", "—", "l'eau"), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), fc.constantFrom(" ", "\n", "  "), (all, a, b, between) => {
        const [from, to] = [a % all.length, b % all.length].toSorted((x, y) => x - y);
        const part = all.slice(from, (to ?? 0) + 1).join(" ");
        const found = findQuote(all.join(between), part);
        if (!/[\p{L}\p{N}]/u.test(part)) expect(found).toBeNull();
        else expect(found?.quote.replaceAll(/\s+/g, " ")).toBe(part);
      }),
    );
  });
});
