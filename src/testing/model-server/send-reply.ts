import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type PlainAnswer, plainAnswer, type ScriptedAnswer } from "../scripted-reply.ts";
import { chatCompletions } from "./chat-completions.ts";
import type { Chat } from "./chat-request.ts";
import type { Protocol } from "./protocol.ts";

/** What the server does with a request. */
export type ModelServerReply =
  /** It answers. */
  | ScriptedAnswer
  /** It refuses, as the provider does whose protocol it is. */
  | {
      readonly status: number;
      readonly message?: string;
      /** The provider's one-word code (OpenAI's `insufficient_quota`, Anthropic's `overloaded_error`, Google's `UNAVAILABLE`). */
      readonly code?: string;
      /** Seconds, or the text of the header. */
      readonly retryAfterS?: number | string;
      readonly delayMs?: number;
    }
  /** It sends this body with status 200, whatever it is. `type` is the media type that goes with it. @defaultValue `application/json` */
  | { readonly body: string; readonly type?: string; readonly delayMs?: number }
  /** It breaks the connection: before it says anything, or in the middle of the answer. */
  | { readonly cut: "before-headers" | "in-body"; readonly delayMs?: number };

interface Sending {
  readonly reply: ModelServerReply;
  /** Null where nothing that can be understood was asked. */
  readonly asked: { readonly protocol: Protocol; readonly chat: Chat } | null;
}

/** Sends a reply; stops waiting when the client hangs up. */
export async function sendReply(response: ServerResponse, { reply, asked }: Sending): Promise<void> {
  const delayMs = typeof reply === "string" ? 0 : (reply.delayMs ?? 0);
  if (delayMs > 0 && !(await waitWhileOpen(response, delayMs))) return;
  const protocol = asked?.protocol ?? chatCompletions;
  if (typeof reply === "object" && "status" in reply) return sendRefusal(response, { protocol, refusal: reply });
  if (typeof reply === "object" && "body" in reply) return sendBody(response, reply.body, reply.type);
  if (typeof reply === "object" && "cut" in reply) return cut(response, reply.cut);
  const answer = plainAnswer(reply, asked?.chat.turn ?? 0);
  if (asked === null) throw new TypeError("Nothing was asked, so nothing can be answered.");
  if (asked.chat.stream) return sendStream(response, { ...asked, answer });
  if (answer.breaks === "hang") return; // until the client hangs up
  if (answer.breaks === "error") return sendRefusal(response, { protocol, refusal: { status: 500, message: BREAKS } });
  if (answer.breaks !== null) return cut(response, "in-body");
  sendBody(response, JSON.stringify(protocol.whole(answer, asked.chat)));
}

const BREAKS = "The script breaks the answer off.";

async function waitWhileOpen(response: ServerResponse, ms: number): Promise<boolean> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once("close", leave);
  try {
    await sleep(ms, undefined, { signal: gone.signal });
    return true;
  } catch (error) {
    if (gone.signal.aborted) return false;
    throw error;
  } finally {
    response.off("close", leave);
  }
}

interface Refusing {
  readonly protocol: Protocol;
  readonly refusal: {
    readonly status: number;
    readonly message?: string;
    readonly code?: string;
    readonly retryAfterS?: number | string;
  };
}

function sendRefusal(response: ServerResponse, { protocol, refusal }: Refusing): void {
  const { status, message = `The script says ${status}.`, code = null } = refusal;
  const retryAfter = refusal.retryAfterS === undefined ? {} : { "retry-after": String(refusal.retryAfterS) };
  response.writeHead(status, { "content-type": "application/json", ...retryAfter });
  response.end(JSON.stringify(protocol.refusal({ status, message, code })));
}

function sendBody(response: ServerResponse, body: string, type = "application/json"): void {
  response.writeHead(200, { "content-type": type });
  response.end(body);
}

function cut(response: ServerResponse, where: "before-headers" | "in-body"): void {
  if (where === "before-headers") {
    response.destroy();
    return;
  }
  response.writeHead(200, { "content-type": "application/json", "content-length": 10_000 });
  response.write('{"id":"chatcmpl-script","choices":[{"message":{"con', () => response.destroy());
}

interface Streaming {
  readonly protocol: Protocol;
  readonly chat: Chat;
  readonly answer: PlainAnswer;
}

function sendStream(response: ServerResponse, { protocol, chat, answer }: Streaming): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of protocol.events(answer, chat)) response.write(event);
  if (answer.breaks === "hang") return; // until the client hangs up
  // All that was said must be on its way before the connection breaks.
  if (answer.breaks === "cut") response.write(": \n\n", () => response.destroy());
  else response.end(answer.breaks === "error" ? protocol.errorEvent(BREAKS) : "");
}
