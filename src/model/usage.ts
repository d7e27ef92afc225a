/** What was used: tokens as the provider reported them, and how many calls it took. All are counts. */
export interface Usage {
  /** Tokens in, those read from a cache included. */
  readonly inputTokens: number;
  /** Of the tokens in, those read from the provider's cache. */
  readonly cachedInputTokens: number;
  /** Of the tokens in, those written to the provider's cache. */
  readonly cacheWriteTokens: number;
  /** Tokens out, reasoning included. */
  readonly outputTokens: number;
  /** Of the tokens out, those the model spent on reasoning. */
  readonly reasoningTokens: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
}

/** Nothing used. */
export const NO_USAGE: Usage = Object.freeze({
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  modelCalls: 0,
  toolCalls: 0,
});

/** One tool call and nothing else. */
export const ONE_TOOL_CALL: Usage = Object.freeze({ ...NO_USAGE, toolCalls: 1 });

/** The sum. Gives back one of its arguments where the other is nothing, so that steps without a model cost nothing here. */
export function addUsage(a: Usage, b: Usage): Usage {
  if (b === NO_USAGE) return a;
  if (a === NO_USAGE) return b;
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    modelCalls: a.modelCalls + b.modelCalls,
    toolCalls: a.toolCalls + b.toolCalls,
  };
}
