import type { Json } from "../../base/json.ts";
import { inWords, type PlainAnswer } from "../scripted-reply.ts";
import { type ChatMessage, chatOf, listIn } from "./chat-request.ts";
import { CREATED, plainEvent, type Protocol } from "./protocol.ts";

/** OpenAI's `POST /v1/chat/completions`, which most servers speak. */
export const chatCompletions: Protocol = {
  name: "openai-compatible",
  match: (path) => (path === "/v1/chat/completions" ? {} : null),
  read: (body) =>
    chatOf({
      protocol: "openai-compatible",
      body,
      model: String(body["model"]),
      messages: listIn(body, "messages") as unknown as readonly ChatMessage[],
      tools: listIn(body, "tools").map((tool) => String((tool["function"] as { readonly name?: unknown } | undefined)?.name)),
      stream: body["stream"] === true,
    }),
  whole: (answer, { model }) => ({
    id: "chatcmpl-script",
    object: "chat.completion",
    created: CREATED,
    model,
    choices: [{ index: 0, message: messageOf(answer), finish_reason: finishOf(answer), logprobs: null }],
    ...(answer.usage === null ? {} : { usage: usageOf(answer) }),
  }),
  events: (answer, { model }) => {
    const chunks = chunksOf(answer, model).map(plainEvent);
    return answer.breaks === null ? [...chunks, "data: [DONE]\n\n"] : chunks;
  },
  refusal: ({ message, code }) => ({ error: { message, type: "scripted_error", param: null, code } }),
  errorEvent: (message) => plainEvent({ error: { message, type: "server_error", param: null, code: null } }),
};

function messageOf(answer: PlainAnswer): Json {
  const refuses = answer.finish === "refusal";
  return {
    role: "assistant",
    content: answer.text === "" || refuses ? null : answer.text,
    ...(refuses ? { refusal: answer.text } : {}),
    ...(answer.reasoning === "" ? {} : { reasoning_content: answer.reasoning }),
    ...(answer.calls.length === 0 ? {} : { tool_calls: toolCalls(answer) }),
  };
}

/** A refusal is a completed answer to OpenAI. */
function finishOf({ finish }: PlainAnswer): string {
  return finish === "refusal" ? "stop" : finish;
}

function chunksOf(answer: PlainAnswer, model: string): readonly Json[] {
  const about = { id: "chatcmpl-script", object: "chat.completion.chunk", created: CREATED, model };
  const chunk = (delta: Json, finish: string | null): Json => ({ ...about, choices: [{ index: 0, delta, finish_reason: finish }] });
  const field = answer.finish === "refusal" ? "refusal" : "content";
  const said = [
    chunk({ role: "assistant", content: "" }, null),
    ...inWords(answer.reasoning).map((word) => chunk({ reasoning_content: word }, null)),
    ...answer.pieces.map((piece) => chunk({ [field]: piece }, null)),
    ...toolCalls(answer).map((call, index) => chunk({ tool_calls: [{ index, ...call }] }, null)),
  ];
  if (answer.breaks !== null) return said;
  return [...said, chunk({}, finishOf(answer)), ...(answer.usage === null ? [] : [{ ...about, choices: [], usage: usageOf(answer) }])];
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
