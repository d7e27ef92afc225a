import type { Json } from "../../base/json.ts";
import { inWords, type PlainAnswer } from "../scripted-reply.ts";
import { type Chat, type ChatMessage, chatOf, listIn, textIn } from "./chat-request.ts";
import { CREATED, namedEvent, type Protocol } from "./protocol.ts";

type Item = { readonly type: string; readonly id: string; readonly [key: string]: Json };
type Event = { readonly type: string; readonly [key: string]: Json };

/** OpenAI's `POST /v1/responses`. */
export const responses: Protocol = {
  name: "openai",
  match: (path) => (path === "/v1/responses" ? {} : null),
  read: (body) =>
    chatOf({
      protocol: "openai",
      body,
      model: String(body["model"]),
      messages: listIn(body, "input").flatMap(messageOf),
      tools: listIn(body, "tools").map((tool) => String(tool["name"] ?? tool["type"])),
      stream: body["stream"] === true,
    }),
  whole: (answer, chat) => responseOf(answer, chat),
  events: (answer, chat) => eventsOf(answer, chat).map((event, index) => namedEvent({ ...event, sequence_number: index })),
  refusal: ({ message, code }) => ({ error: { message, type: "scripted_error", param: null, code } }),
  errorEvent: (message) =>
    namedEvent({ type: "error", sequence_number: 0, error: { type: "server_error", code: "server_error", message, param: null } }),
};

function messageOf(item: Readonly<Record<string, unknown>>): readonly ChatMessage[] {
  switch (item["type"]) {
    case "function_call": {
      const call = { id: String(item["call_id"]), function: { name: String(item["name"]), arguments: String(item["arguments"]) } };
      return [{ role: "assistant", content: null, tool_calls: [call] }];
    }
    case "function_call_output":
      return [{ role: "tool", content: item["output"], tool_call_id: String(item["call_id"]) }];
    case "reasoning":
      return [{ role: "assistant", content: null }];
    default:
      if (typeof item["role"] !== "string") return [];
      return [{ role: item["role"], content: item["role"] === "assistant" ? textIn(item["content"]) : item["content"] }];
  }
}

/** What the model said, as items of its output. The ids depend on the conversation alone. */
function itemsOf(answer: PlainAnswer, { turn }: Chat): readonly Item[] {
  const items: Item[] = [];
  if (answer.reasoning !== "") {
    const summary = [{ type: "summary_text", text: answer.reasoning }];
    items.push({ type: "reasoning", id: `rs_${turn}`, summary, encrypted_content: `script-${turn}` });
  }
  if (answer.text !== "") {
    const content = [answer.finish === "refusal" ? { type: "refusal", refusal: answer.text } : textPart(answer.text)];
    items.push({ type: "message", id: `msg_${turn}`, status: "completed", role: "assistant", content });
  }
  for (const { id, tool, arguments: input } of answer.calls)
    items.push({ type: "function_call", id: `fc_${id}`, status: "completed", call_id: id, name: tool, arguments: input });
  return items;
}

function textPart(text: string): Json {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

const INCOMPLETE: Readonly<Record<string, string>> = { length: "max_output_tokens", content_filter: "content_filter" };

function responseOf(answer: PlainAnswer, chat: Chat): Readonly<Record<string, Json>> {
  const reason = INCOMPLETE[answer.finish];
  return {
    id: `resp_${chat.turn}`,
    object: "response",
    created_at: CREATED,
    status: reason === undefined ? "completed" : "incomplete",
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    model: chat.model,
    output: itemsOf(answer, chat),
    usage: usageOf(answer),
  };
}

function usageOf({ usage }: PlainAnswer): Json {
  if (usage === null) return null;
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0 },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}

function eventsOf(answer: PlainAnswer, chat: Chat): readonly Event[] {
  const whole = responseOf(answer, chat);
  const begun = { ...whole, status: "in_progress", incomplete_details: null, output: [], usage: null };
  const said = itemsOf(answer, chat).flatMap((item, index) => itemEvents(item, { index, answer }));
  const start: Event[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
  ];
  if (answer.breaks !== null) return [...start, ...said];
  return [...start, ...said, { type: whole["status"] === "incomplete" ? "response.incomplete" : "response.completed", response: whole }];
}

function itemEvents(item: Item, { index, answer }: { readonly index: number; readonly answer: PlainAnswer }): readonly Event[] {
  const at = { item_id: item.id, output_index: index };
  const added = (begun: Json): Event => ({ type: "response.output_item.added", output_index: index, item: begun });
  const done: Event = { type: "response.output_item.done", output_index: index, item };
  if (item.type === "reasoning") {
    const part = { ...at, summary_index: 0 };
    const text = answer.reasoning;
    return [
      added({ ...item, summary: [] }),
      { type: "response.reasoning_summary_part.added", ...part, part: { type: "summary_text", text: "" } },
      ...inWords(text).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...part, delta })),
      { type: "response.reasoning_summary_text.done", ...part, text },
      { type: "response.reasoning_summary_part.done", ...part, part: { type: "summary_text", text } },
      done,
    ];
  }
  if (item.type === "function_call") {
    const input = typeof item["arguments"] === "string" ? item["arguments"] : "";
    return [
      added({ ...item, status: "in_progress", arguments: "" }),
      { type: "response.function_call_arguments.delta", ...at, delta: input },
      { type: "response.function_call_arguments.done", ...at, arguments: input },
      done,
    ];
  }
  const kind = answer.finish === "refusal" ? "refusal" : "output_text";
  const part = { ...at, content_index: 0 };
  return [
    added({ ...item, status: "in_progress", content: [] }),
    { type: "response.content_part.added", ...part, part: kind === "refusal" ? { type: "refusal", refusal: "" } : textPart("") },
    ...answer.pieces.map((delta) => ({ type: `response.${kind}.delta`, ...part, delta, ...(kind === "refusal" ? {} : { logprobs: [] }) })),
    { type: `response.${kind}.done`, ...part, ...(kind === "refusal" ? { refusal: answer.text } : { text: answer.text, logprobs: [] }) },
    done,
  ];
}
