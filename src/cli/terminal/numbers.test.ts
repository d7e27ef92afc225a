import { expect, test } from "vitest";
import { ago, duration, money, plural, tokens } from "./numbers.ts";

test.each([
  [{ kind: "exact", nanoUsd: 4_100_000 }, "$0.0041"],
  [{ kind: "exact", nanoUsd: 12_500_000_000 }, "$12.50"],
  [{ kind: "exact", nanoUsd: 1_234_567_000_000_000 }, "$1,234,567.00"],
  [{ kind: "exact", nanoUsd: 250_000_000 }, "$0.25"],
  [{ kind: "exact", nanoUsd: 120 }, "$0.00000012"],
  [{ kind: "exact", nanoUsd: 1 }, "$0.000000001"],
  [{ kind: "exact", nanoUsd: 0 }, "$0.00"],
  [{ kind: "estimated", nanoUsd: 4_100_000 }, "about $0.0041"],
  [{ kind: "free" }, "free"],
  [{ kind: "unknown" }, "unknown price"],
] as const)("%j costs %s", (cost, expected) => {
  expect(money(cost)).toBe(expected);
});

test.each([
  [-5, "0 ms"],
  [4, "4 ms"],
  [99.4, "99 ms"],
  [400, "0.4 s"],
  [1_940, "1.9 s"],
  [9_960, "10 s"],
  [42_000, "42 s"],
  [59_600, "1 m 0 s"],
  [192_000, "3 m 12 s"],
  [7_500_000, "2 h 5 m"],
  [273_600_000, "3 d 4 h"],
])("%d ms are %s", (ms, expected) => {
  expect(duration(ms)).toBe(expected);
});

test("counts have their thousands apart", () => {
  expect([tokens(4_210), plural(1, "item", "items"), plural(1_000, "item", "items")]).toEqual(["4,210 tok", "1 item", "1,000 items"]);
});

test.each([
  [100, "just now"],
  [12_000, "12 s ago"],
  [300_000, "5 m ago"],
  [7_200_000, "2 h ago"],
  [259_200_000, "3 d ago"],
])("%d ms are %s", (ms, expected) => {
  expect(ago(ms)).toBe(expected);
});
