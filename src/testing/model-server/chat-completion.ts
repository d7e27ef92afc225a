import type { Json } from "../../base/json.ts";
import type { PlainAnswer } from "../scripted-reply.ts";

/** Seconds since 1970, the same in every answer, so that answers depend on the script alone. */
const CREATED = 1_893_456_000;

/** An answer as OpenAI's `POST /v1/chat/completions` gives it. */
export function chatCompletion(answer: PlainAnswer, model: string): Json {
  const message = {
    role: "assistant",
    content: answer.text === "" ? null : answer.text,
    ...(answer.calls.length === 0 ? {} : { tool_calls: toolCalls(answer) }),
  };
  return {
    id: "chatcmpl-script",
    object: "chat.completion",
    created: CREATED,
    model,
    choices: [{ index: 0, message, finish_reason: answer.finish, logprobs: null }],
    ...(answer.usage === null ? {} : { usage: usageOf(answer) }),
  };
}

/** The same as the chunks of a stream, each one `data:` line's JSON. */
export function chatCompletionChunks(answer: PlainAnswer, model: string): readonly Json[] {
  const chunk = (delta: Json, finish: string | null): Json => ({
    id: "chatcmpl-script",
    object: "chat.completion.chunk",
    created: CREATED,
    model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const words = answer.text.match(/\s*\S+|\s+$/g) ?? [];
  const calls = toolCalls(answer).map((call, index) => chunk({ tool_calls: [{ index, ...call }] }, null));
  const usage: readonly Json[] =
    answer.usage === null
      ? []
      : [{ id: "chatcmpl-script", object: "chat.completion.chunk", created: CREATED, model, choices: [], usage: usageOf(answer) }];
  return [
    chunk({ role: "assistant", content: "" }, null),
    ...words.map((word) => chunk({ content: word }, null)),
    ...calls,
    chunk({}, answer.finish),
    ...usage,
  ];
}

function toolCalls(answer: PlainAnswer) {
  return answer.calls.map((call) => ({ id: call.id, type: "function", function: { name: call.tool, arguments: call.arguments } }));
}

function usageOf({ usage }: PlainAnswer): Json {
  if (usage === null) return null;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}
