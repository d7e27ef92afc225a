import { isPlainObject, type Json } from "../../base/json.ts";
import { inWords, type PlainAnswer } from "../scripted-reply.ts";
import { type Chat, type ChatMessage, chatOf, listIn, textIn } from "./chat-request.ts";
import { type PlainRefusal, plainEvent, type Protocol } from "./protocol.ts";

type Body = Readonly<Record<string, unknown>>;

const PATH = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent\?alt=sse)$/;

/** Google's `POST /v1beta/models/MODEL:generateContent`, and the same as a stream. */
export const gemini: Protocol = {
  name: "google",
  match: (path) => {
    const found = PATH.exec(path);
    return found === null ? null : { model: decodeURIComponent(found[1] ?? ""), stream: found[2] !== "generateContent" };
  },
  read: (body, { model = "", stream = false }) => {
    const system = isPlainObject(body["systemInstruction"]) ? textIn(body["systemInstruction"]["parts"]) : "";
    return chatOf({
      protocol: "google",
      body,
      model,
      messages: [...(system === "" ? [] : [{ role: "system", content: system }]), ...listIn(body, "contents").flatMap(messagesIn)],
      tools: listIn(body, "tools").flatMap((tool) => listIn(tool, "functionDeclarations").map(({ name }) => String(name))),
      stream,
    });
  },
  whole: (said, chat) => {
    const answer = asObject(said, chat);
    return chunkOf({ answer, chat }, { parts: partsOf(answer, chat), isLast: true });
  },
  events: (said, chat) => {
    const answer = asObject(said, chat);
    const pieces = piecesOf(answer, chat);
    return pieces.map((part, index) => {
      const isLast = index === pieces.length - 1 && answer.breaks === null;
      return plainEvent(chunkOf({ answer, chat }, { parts: part === null ? [] : [part], isLast }));
    });
  },
  refusal: (refusal) => errorOf(refusal),
  errorEvent: (message) => plainEvent(errorOf({ status: 503, message, code: null })),
};

/** One content of Google's may hold several of our messages: the answers of tools, and a text. */
function messagesIn({ role, parts }: Body): readonly ChatMessage[] {
  const all = (Array.isArray(parts) ? parts : []) as readonly Body[];
  if (role === "model") {
    const calls = all.flatMap(({ functionCall }) => {
      if (!isPlainObject(functionCall)) return [];
      const { id, name, args } = functionCall;
      return [{ id: String(id), function: { name: String(name), arguments: JSON.stringify(args) } }];
    });
    const text = textIn(all.filter(({ thought }) => thought !== true));
    return [{ role: "assistant", content: text === "" ? null : text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
  }
  const answers = all.flatMap(({ functionResponse }) => {
    if (!isPlainObject(functionResponse)) return [];
    return [{ role: "tool", content: functionResponse["response"], tool_call_id: String(functionResponse["id"]) }];
  });
  const rest = all.filter((part) => !("functionResponse" in part));
  return [...answers, ...(rest.length === 0 ? [] : [{ role: "user", content: rest }])];
}

const FINISHES = {
  stop: "STOP",
  tool_calls: "STOP",
  length: "MAX_TOKENS",
  content_filter: "SAFETY",
  refusal: "PROHIBITED_CONTENT",
} as const satisfies Record<PlainAnswer["finish"], string>;

/** Up to version 2.5, Gemini cannot be asked for an object beside tools: the provider's package offers a tool `json` that takes it. */
function asObject(answer: PlainAnswer, { tools }: Chat): PlainAnswer {
  if (!tools.includes("json") || answer.calls.length > 0 || !/^\s*\{/.test(answer.text)) return answer;
  return { ...answer, text: "", pieces: [], calls: [{ id: "call_json", tool: "json", arguments: answer.text, metadata: null }] };
}

/** A signature stands on the first call, or on the text where there is none. */
function partsOf(answer: PlainAnswer, { turn }: Chat): readonly Json[] {
  const signed = answer.reasoning === "" ? {} : { thoughtSignature: Buffer.from(`script-${turn}`).toString("base64") };
  const calls = answer.calls.map(({ id, tool, arguments: input }, index) => ({
    functionCall: { id, name: tool, args: argsOf(input) },
    ...(index === 0 ? signed : {}),
  }));
  return [
    ...(answer.reasoning === "" ? [] : [{ text: answer.reasoning, thought: true }]),
    ...(answer.text === "" ? [] : [{ text: answer.text, ...(calls.length === 0 ? signed : {}) }]),
    ...calls,
  ];
}

/** Google gives arguments as a value; what is broken, as the text it is. */
function argsOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** As {@link partsOf}, with reasoning and text in pieces; null where a chunk has nothing to say but how it ended. */
function piecesOf(answer: PlainAnswer, chat: Chat): readonly (Json | null)[] {
  const parts = partsOf(answer, chat) as readonly Body[];
  const pieces = parts.flatMap((part): readonly Json[] => {
    const of = part as { readonly [key: string]: Json };
    if (part["thought"] === true) return inWords(answer.reasoning).map((text) => ({ text, thought: true }));
    if (typeof part["text"] !== "string") return [of];
    const { text: _whole, ...rest } = of;
    return answer.pieces.map((text, index) => (index === answer.pieces.length - 1 ? { text, ...rest } : { text }));
  });
  return pieces.length === 0 ? [null] : pieces;
}

interface Said {
  readonly answer: PlainAnswer;
  readonly chat: Chat;
}

function chunkOf({ answer, chat }: Said, { parts, isLast }: { readonly parts: readonly Json[]; readonly isLast: boolean }): Json {
  const content = { role: "model", parts };
  return {
    candidates: [{ content, index: 0, ...(isLast ? { finishReason: FINISHES[answer.finish] } : {}) }],
    ...(isLast && answer.usage !== null ? { usageMetadata: usageOf(answer.usage) } : {}),
    modelVersion: chat.model,
    responseId: `script-${chat.turn}`,
  };
}

function usageOf({ inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0 }: NonNullable<PlainAnswer["usage"]>): Json {
  return {
    promptTokenCount: inputTokens,
    cachedContentTokenCount: cachedInputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    thoughtsTokenCount: reasoningTokens,
    totalTokenCount: inputTokens + outputTokens,
  };
}

const STATUSES: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

function errorOf({ status, message, code }: PlainRefusal): Json {
  return { error: { code: status, message, status: code ?? STATUSES[status] ?? (status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT") } };
}
