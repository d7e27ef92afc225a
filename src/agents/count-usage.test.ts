import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { describe, expect, test } from "vitest";
import { countUsage } from "./count-usage.ts";

const SIZE = { inputBytes: () => 400, outputBytes: () => 41 };

function reported(input: number | undefined, output: number | undefined, cached?: number): LanguageModelV4Usage {
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead: cached, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  };
}

describe("tokens", () => {
  test("those the provider counted are taken, and nothing is measured", () => {
    const never = () => expect.unreachable();
    const counted = countUsage(reported(7, 3, 2), { inputBytes: never, outputBytes: never });
    expect(counted).toMatchObject({ usage: { inputTokens: 7, cachedInputTokens: 2, outputTokens: 3, modelCalls: 1 }, estimated: false });
  });

  test.each([undefined, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "%s tokens for something that was there: a quarter of its bytes",
    (count) => {
      expect(countUsage(reported(count, count), SIZE)).toMatchObject({ usage: { inputTokens: 100, outputTokens: 11 }, estimated: true });
    },
  );

  test("no tokens for nothing are no tokens", () => {
    expect(countUsage(reported(5, 0), { inputBytes: () => 9, outputBytes: () => 0 })).toMatchObject({
      usage: { outputTokens: 0 },
      estimated: false,
    });
  });

  test("more from the cache than there were is cut to what there were", () => {
    expect(countUsage(reported(5, 1, 9), SIZE)).toMatchObject({ usage: { inputTokens: 5, cachedInputTokens: 5 }, estimated: true });
    expect(countUsage(reported(5, 1, -9), SIZE)).toMatchObject({ usage: { cachedInputTokens: 0 }, estimated: true });
  });

  test("nothing reported at all is guessed as a whole", () => {
    expect(countUsage(undefined, SIZE)).toMatchObject({ usage: { inputTokens: 100, outputTokens: 11, modelCalls: 1 }, estimated: true });
  });
});
