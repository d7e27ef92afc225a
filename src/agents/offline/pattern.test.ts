import { expect, test } from "vitest";
import { exampleOf } from "./pattern.ts";

test.each([
  "^[A-Z]{2}-\\d{3,5}$",
  "^(?:yes|no)$",
  "^\\d+$",
  "^[^a-z]+$",
  "^(ab){2,}c?$",
  "^\\p{Lu}\\w*$",
  "^a|b$",
  "^[\\w.]+@[\\w.]+\\.[a-z]{2,}$",
  "^(?<year>\\d{4})-x$",
])("%s accepts what is made for it", (pattern) => {
  expect(exampleOf(pattern, 0)).toMatch(new RegExp(pattern, "u"));
});

test("an open pattern is stretched to the length asked for", () => {
  expect(exampleOf("^[a-z]+$", 12)).toHaveLength(12);
});

test("a pattern that asks for more than there is room for ends", () => {
  expect(exampleOf("((a{999}){999}){999}", 0).length).toBeLessThan(2_100);
});
