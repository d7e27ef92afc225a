import { isPlainObject } from "../../base/json.ts";

/** The protocols the server speaks: of OpenAI (Responses), Anthropic (Messages), Google (Gemini), and chat completions. */
export type ModelServerProtocol = "openai-compatible" | "openai" | "anthropic" | "google";

/** A message of a conversation, in the words of chat completions, whatever the protocol. */
export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

/** What a model was asked. */
export interface Chat {
  readonly protocol: ModelServerProtocol;
  readonly body: Readonly<Record<string, unknown>>;
  readonly model: string;
  /** For chat completions as they came; for the other protocols, who says what, without what only they know. */
  readonly messages: readonly ChatMessage[];
  /** The text of the last user message; empty where there is none. */
  readonly lastUserText: string;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** How often the model has spoken in this conversation. */
  readonly turn: number;
  readonly stream: boolean;
}

type Body = Readonly<Record<string, unknown>>;

/** The objects in a field that should hold a list of them. */
export function listIn(body: Body, field: string): readonly Body[] {
  const list = body[field];
  return Array.isArray(list) ? list.filter(isPlainObject) : [];
}

/** What a conversation says, counted and summed up. */
export function chatOf(about: Pick<Chat, "protocol" | "body" | "model" | "messages" | "tools" | "stream">): Chat {
  const { messages } = about;
  const lastUserText = textIn(messages.findLast((message) => message.role === "user")?.content);
  const spoke = messages.filter(({ role }, index) => role === "assistant" && messages[index - 1]?.role !== "assistant");
  return { ...about, lastUserText, turn: about.protocol === "openai-compatible" ? countOf(messages) : spoke.length };
}

function countOf(messages: readonly ChatMessage[]): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

/** The text of a content: itself, or its parts of text together. */
export function textIn(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => (isPlainObject(part) && typeof part["text"] === "string" ? part["text"] : "")).join("");
}
