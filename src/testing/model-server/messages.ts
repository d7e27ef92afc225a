import type { Json } from "../../base/json.ts";
import { inWords, type PlainAnswer } from "../scripted-reply.ts";
import { type Chat, type ChatMessage, chatOf, listIn, textIn } from "./chat-request.ts";
import { namedEvent, type PlainRefusal, type Protocol } from "./protocol.ts";

type Body = Readonly<Record<string, unknown>>;
type Event = { readonly type: string; readonly [key: string]: Json };

/** Anthropic's `POST /v1/messages`. */
export const messages: Protocol = {
  name: "anthropic",
  match: (path) => (path === "/v1/messages" ? {} : null),
  read: (body) => {
    const system = textIn(body["system"]);
    return chatOf({
      protocol: "anthropic",
      body,
      model: String(body["model"]),
      messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...listIn(body, "messages").flatMap(messagesIn)],
      tools: listIn(body, "tools").map((tool) => String(tool["name"])),
      stream: body["stream"] === true,
    });
  },
  whole: (answer, chat) => ({
    ...messageOf(answer, chat),
    content: blocksOf(answer, chat).map(({ block }) => block),
    stop_reason: STOP_REASONS[answer.finish],
    usage: usageOf(answer),
  }),
  events: (answer, chat) => eventsOf(answer, chat).map(namedEvent),
  refusal: (refusal) => errorOf(refusal),
  errorEvent: (message) => namedEvent(errorOf({ status: 529, message, code: null })),
};

/** One message of Anthropic's may hold several of ours: a text beside the answers of tools. */
function messagesIn({ role, content }: Body): readonly ChatMessage[] {
  if (!Array.isArray(content)) return [{ role: String(role), content }];
  const blocks = content as readonly Body[];
  if (role === "assistant") {
    const uses = blocks.filter(({ type }) => type === "tool_use");
    const calls = uses.map(({ id, name, input }) => ({
      id: String(id),
      function: { name: String(name), arguments: JSON.stringify(input) },
    }));
    return [{ role, content: textIn(blocks) || null, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
  }
  const answers = blocks.filter(({ type }) => type === "tool_result");
  const rest = blocks.filter(({ type }) => type !== "tool_result");
  return [
    ...answers.map((block) => ({ role: "tool", content: block["content"], tool_call_id: String(block["tool_use_id"]) })),
    ...(rest.length === 0 ? [] : [{ role: String(role), content: rest }]),
  ];
}

const STOP_REASONS = {
  stop: "end_turn",
  tool_calls: "tool_use",
  length: "max_tokens",
  content_filter: "refusal",
  refusal: "refusal",
} as const satisfies Record<PlainAnswer["finish"], string>;

function messageOf(answer: PlainAnswer, { model, turn }: Chat) {
  const usage = { ...usageOf(answer), output_tokens: answer.usage === null ? 0 : 1 };
  return { id: `msg_${turn}`, type: "message", role: "assistant", model, content: [], stop_reason: null, stop_sequence: null, usage };
}

/** Anthropic counts what was read from its cache apart. It always counts; without usage, it says 0. */
function usageOf({ usage }: PlainAnswer) {
  const cached = usage?.cachedInputTokens ?? 0;
  const counts = { cache_creation_input_tokens: 0, cache_read_input_tokens: cached };
  return { input_tokens: (usage?.inputTokens ?? 0) - cached, output_tokens: usage?.outputTokens ?? 0, ...counts };
}

interface Block {
  readonly block: Event;
  readonly begun: Event;
  readonly deltas: readonly Event[];
}

function blocksOf(answer: PlainAnswer, { turn }: Chat): readonly Block[] {
  const blocks: Block[] = [];
  if (answer.reasoning !== "") {
    const signature = `script-${turn}`;
    const deltas = inWords(answer.reasoning).map((thinking) => ({ type: "thinking_delta", thinking }));
    blocks.push({
      block: { type: "thinking", thinking: answer.reasoning, signature },
      begun: { type: "thinking", thinking: "", signature: "" },
      deltas: [...deltas, { type: "signature_delta", signature }],
    });
  }
  if (answer.text !== "") {
    const deltas = answer.pieces.map((text) => ({ type: "text_delta", text }));
    blocks.push({ block: { type: "text", text: answer.text }, begun: { type: "text", text: "" }, deltas });
  }
  for (const { id, tool, arguments: input } of answer.calls) {
    const use = { type: "tool_use", id, name: tool };
    const deltas = [{ type: "input_json_delta", partial_json: input }];
    blocks.push({ block: { ...use, input: inputOf(input) }, begun: { ...use, input: {} }, deltas });
  }
  return blocks;
}

/** In one piece, Anthropic gives arguments as a value; what is broken has none. */
function inputOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

function eventsOf(answer: PlainAnswer, chat: Chat): readonly Event[] {
  const said = blocksOf(answer, chat).flatMap(({ begun, deltas }, index) => [
    { type: "content_block_start", index, content_block: begun },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]);
  const start: Event = { type: "message_start", message: messageOf(answer, chat) };
  if (answer.breaks !== null) return [start, ...said];
  const delta = { stop_reason: STOP_REASONS[answer.finish], stop_sequence: null };
  return [start, ...said, { type: "message_delta", delta, usage: usageOf(answer) }, { type: "message_stop" }];
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  529: "overloaded_error",
};

function errorOf({ status, message, code }: PlainRefusal): Event {
  const type = code ?? ERROR_TYPES[status] ?? (status >= 500 ? "api_error" : "invalid_request_error");
  return { type: "error", error: { type, message }, request_id: "req_script" };
}
