import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import { tokensIn } from "../model/token-estimate.ts";
import { NO_USAGE, type Usage } from "../model/usage.ts";

/** What a call used, and whether the provider said so or it was guessed here. */
export interface CountedUsage {
  readonly usage: Usage;
  readonly estimated: boolean;
}

/** How large a call was, in bytes of JSON: the ground of an estimate. Asked only where a count is missing. */
export interface CallSize {
  readonly inputBytes: () => number;
  readonly outputBytes: () => number;
}

/**
 * The provider's own counts; where a count is missing, impossible, or zero for something that was there, a guess from
 * the size takes its place. A call is never free because nobody counted it.
 */
export function countUsage(reported: LanguageModelV4Usage | undefined, size: CallSize): CountedUsage {
  const input = counted(reported?.inputTokens?.total, size.inputBytes);
  const output = counted(reported?.outputTokens?.total, size.outputBytes);
  const cached = within(reported?.inputTokens?.cacheRead, input.tokens);
  const written = within(reported?.inputTokens?.cacheWrite, input.tokens - cached.tokens);
  const reasoning = within(reported?.outputTokens?.reasoning, output.tokens);
  return {
    usage: {
      ...NO_USAGE,
      inputTokens: input.tokens,
      cachedInputTokens: cached.tokens,
      cacheWriteTokens: written.tokens,
      outputTokens: output.tokens,
      reasoningTokens: reasoning.tokens,
      modelCalls: 1,
    },
    estimated: input.estimated || output.estimated || cached.estimated || written.estimated,
  };
}

/** What a call of this size uses, when nobody reported anything. */
export function estimateUsage(size: CallSize): CountedUsage {
  return countUsage(undefined, size);
}

interface Count {
  readonly tokens: number;
  readonly estimated: boolean;
}

function counted(reported: number | undefined, bytes: () => number): Count {
  if (isCount(reported) && reported > 0) return { tokens: reported, estimated: false };
  const size = bytes();
  return { tokens: tokensIn(size), estimated: size > 0 };
}

/** A part cannot be larger than its whole: prices would come out negative, or the price table throw. */
function within(part: number | undefined, whole: number): Count {
  if (part === undefined) return { tokens: 0, estimated: false };
  if (!isCount(part)) return { tokens: 0, estimated: true };
  return { tokens: Math.min(part, whole), estimated: part > whole };
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && (value ?? -1) >= 0;
}
