import { expect, test } from "vitest";
import { didYouMean, nearNames } from "./near-names.ts";

const NAMES = ["openai", "openai-compatible", "ollama", "lmstudio", "offline"];

test.each([
  ["opnai", ["openai"]],
  ["OpenAI", ["openai", "openai-compatible"]],
  ["ollma", ["ollama"]],
  ["lm-studio", ["lmstudio"]],
  ["offlien", ["offline"]],
  ["oplen", []],
  ["anthropic", []],
  ["", []],
])("%j is near %j", (wanted, expected) => {
  expect(nearNames(wanted, NAMES)).toEqual(expected);
});

test("at most three are named, and nothing is said where none is near", () => {
  expect(didYouMean("abc", ["abd", "abe", "abf", "abg"])).toBe(' Did you mean "abd" or "abe" or "abf"?');
  expect(didYouMean("abc", ["xyz"])).toBe("");
});

test("two letters in each other's place are one slip", () => {
  expect(nearNames("frist", ["first", "second"])).toEqual(["first"]);
});
