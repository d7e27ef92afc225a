import { expect, test } from "vitest";
import { currencyIn, numbersIn } from "./numbers.ts";

test.each([
  ["1,234.56", 1234.56],
  ["1.234,56", 1234.56],
  ["1'234.50", 1234.5],
  ["12,50", 12.5],
  ["1,234", 1234],
  ["0.125", 0.125],
  ["85k", 85_000],
  ["1.2 million", 1_200_000],
  ["twenty-four", 24],
  ["two hundred", 200],
  ["-3", -3],
])("%s is %d", (text, value) => {
  expect(numbersIn(text).map((one) => one.value)).toEqual([value]);
});

test.each(["AB-1234", "v2", "one of them"])("%s holds no amount", (text) => {
  expect(numbersIn(text)).toEqual([]);
});

test.each([
  ["€ 12.00", "EUR"],
  ["12.00 USD", "USD"],
  ["CHF 12.00", "CHF"],
  ["12 pounds", "GBP"],
  ["12 apples", null],
])("%s is in %s", (text, currency) => {
  expect(numbersIn(text)[0]?.currency).toBe(currency);
  expect(currencyIn(text)).toBe(currency);
});
