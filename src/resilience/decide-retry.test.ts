import { describe, expect, test } from "vitest";
import type { Failure } from "../model/failure.ts";
import { isRetryable } from "../model/failure.ts";
import type { RetryPolicy } from "../model/node.ts";
import { parseInstancePath } from "../model/path.ts";
import { decideRetry, LONGEST_RETRY_AFTER_MS } from "./decide-retry.ts";

const policy: RetryPolicy = { maxAttempts: 4, firstDelayMs: 100, factor: 3, maxDelayMs: 500, jitter: "none" };
const failure: Failure = { code: "step_failed", message: "a: broke", path: parseInstancePath("a"), retryable: true };
const askedFor = (retryAfterMs: unknown): Failure => ({ ...failure, details: { retryAfterMs } as never });

describe("decideRetry", () => {
  test.each([
    [1, 100],
    [2, 300],
    [3, 500],
  ])("after attempt %i it waits %i ms: growing, up to the longest", (attempt, atLeastMs) => {
    expect(decideRetry(policy, failure, attempt)).toEqual({ do: "retry", delay: { atLeastMs, spreadMs: 0 } });
  });

  test("with full jitter the whole back-off is a spread", () => {
    expect(decideRetry({ ...policy, jitter: "full" }, failure, 2)).toEqual({ do: "retry", delay: { atLeastMs: 0, spreadMs: 300 } });
  });

  test("what a provider asks for is the least, and the spread comes on top", () => {
    expect(decideRetry({ ...policy, jitter: "full" }, askedFor(2_000), 1)).toEqual({
      do: "retry",
      delay: { atLeastMs: 2_000, spreadMs: 100 },
    });
    expect(decideRetry(policy, askedFor(2_000), 1)).toEqual({ do: "retry", delay: { atLeastMs: 2_000, spreadMs: 0 } });
  });

  test.each([[-1], [Number.NaN], ["7"], [null]])("an unusable wish (%s) is none", (wish) => {
    expect(decideRetry(policy, askedFor(wish), 1)).toEqual({ do: "retry", delay: { atLeastMs: 100, spreadMs: 0 } });
  });

  test("it gives up when it is to wait too long", () => {
    expect(decideRetry(policy, askedFor(LONGEST_RETRY_AFTER_MS + 1), 1)).toEqual({ do: "give-up", why: "asked-to-wait-too-long" });
  });
});

describe("isRetryable", () => {
  test("without a list the failure says so itself", () => {
    expect(isRetryable(failure, undefined)).toBe(true);
    expect(isRetryable({ ...failure, retryable: false }, undefined)).toBe(false);
  });

  test("with a list only that counts: codes and classes, whatever the failure says of itself", () => {
    expect(isRetryable({ ...failure, retryable: false }, ["step_failed"])).toBe(true);
    expect(isRetryable(failure, ["timeout"])).toBe(false);
    expect(isRetryable({ ...failure, classes: ["HttpError", "RequestError"] }, ["RequestError"])).toBe(true);
  });
});
