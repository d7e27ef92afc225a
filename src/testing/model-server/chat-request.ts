import { isPlainObject } from "../../base/json.ts";

/** A message as it came over the wire. */
export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

/** What a chat completion was asked for. */
export interface Chat {
  readonly body: Readonly<Record<string, unknown>>;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** The text of the last user message; empty where there is none. */
  readonly lastUserText: string;
  /** Names of the tools offered. */
  readonly tools: readonly string[];
  /** How often the model has spoken in this conversation. */
  readonly turn: number;
  readonly stream: boolean;
}

/** @throws {SyntaxError} When the body is not JSON. */
export function parseChat(bodyText: string): Chat {
  const parsed: unknown = JSON.parse(bodyText);
  const body = isPlainObject(parsed) ? parsed : {};
  const messages = (Array.isArray(body["messages"]) ? body["messages"] : []) as readonly ChatMessage[];
  const lastUser = messages.findLast((message) => message.role === "user")?.content;
  const tools = (Array.isArray(body["tools"]) ? body["tools"] : []) as readonly { readonly function: { readonly name: string } }[];
  return {
    body,
    model: String(body["model"]),
    messages,
    lastUserText: typeof lastUser === "string" ? lastUser : "",
    tools: tools.map((tool) => tool.function.name),
    turn: messages.filter((message) => message.role === "assistant").length,
    stream: body["stream"] === true,
  };
}
