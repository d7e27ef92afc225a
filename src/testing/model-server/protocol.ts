import type { Json } from "../../base/json.ts";
import type { PlainAnswer } from "../scripted-reply.ts";
import type { Chat, ModelServerProtocol } from "./chat-request.ts";

/** Seconds since 1970, the same in every answer, so that answers depend on the script alone. */
export const CREATED = 1_893_456_000;

/** What the server was asked for in a path, where it says more than the body. */
export interface PathSays {
  readonly model?: string;
  readonly stream?: boolean;
}

/** A refusal with every default filled in. */
export interface PlainRefusal {
  readonly status: number;
  readonly message: string;
  readonly code: string | null;
}

/** How one of the providers speaks. */
export interface Protocol {
  readonly name: ModelServerProtocol;
  /** Null where the path is none of its. */
  readonly match: (path: string) => PathSays | null;
  readonly read: (body: Readonly<Record<string, unknown>>, path: PathSays) => Chat;
  /** An answer in one piece. */
  readonly whole: (answer: PlainAnswer, chat: Chat) => Json;
  /** The same as server-sent events, each with its empty line; without what ends them, where the script breaks it off. */
  readonly events: (answer: PlainAnswer, chat: Chat) => readonly string[];
  readonly refusal: (refusal: PlainRefusal) => Json;
  /** An error in the middle of a stream. */
  readonly errorEvent: (message: string) => string;
}

/** One server-sent event with a name, as OpenAI's Responses and Anthropic send them. */
export function namedEvent(data: { readonly type: string; readonly [key: string]: Json }): string {
  return `event: ${data.type}\n${plainEvent(data)}`;
}

/** One server-sent event. */
export function plainEvent(data: Json): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
