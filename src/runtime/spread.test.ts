import { expect, test } from "vitest";
import { shareOf } from "./spread.ts";

test("the delays of 10,000 calls lie evenly over the spread, and each always at the same place", () => {
  const buckets = Array.from({ length: 20 }, () => 0);
  for (let call = 0; call < 10_000; call++) {
    const share = shareOf(`0199-run:storm[${call}]/turn[0]`, 2);
    expect(share).toBe(shareOf(`0199-run:storm[${call}]/turn[0]`, 2));
    buckets[Math.floor(share * 20)] = (buckets[Math.floor(share * 20)] ?? 0) + 1;
  }
  expect(Math.min(...buckets)).toBeGreaterThan(400);
  expect(Math.max(...buckets)).toBeLessThan(600);
});

test("another attempt lies elsewhere", () => {
  expect(shareOf("r:a", 2)).not.toBe(shareOf("r:a", 3));
});
