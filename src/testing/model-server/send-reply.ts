import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type PlainAnswer, plainAnswer, type ScriptedAnswer } from "../scripted-reply.ts";
import { chatCompletion, chatCompletionChunks } from "./chat-completion.ts";
import type { Chat } from "./chat-request.ts";

/** What the server does with a request. */
export type ModelServerReply =
  /** It answers. */
  | ScriptedAnswer
  /** It refuses, as OpenAI does. */
  | {
      readonly status: number;
      readonly message?: string;
      /** OpenAI's `error.code`, for example `insufficient_quota`. */
      readonly code?: string;
      /** Seconds, or the text of the header. */
      readonly retryAfterS?: number | string;
      readonly delayMs?: number;
    }
  /** It sends this body with status 200, whatever it is. */
  | { readonly body: string; readonly delayMs?: number }
  /** It breaks the connection: before it says anything, or in the middle of the answer. */
  | { readonly cut: "before-headers" | "in-body"; readonly delayMs?: number };

interface Sending {
  readonly reply: ModelServerReply;
  readonly chat: Chat | null;
}

/** Sends a reply; stops waiting when the client hangs up. */
export async function sendReply(response: ServerResponse, { reply, chat }: Sending): Promise<void> {
  const delayMs = typeof reply === "string" ? 0 : (reply.delayMs ?? 0);
  if (delayMs > 0 && !(await waitWhileOpen(response, delayMs))) return;
  if (typeof reply === "object" && "status" in reply) return sendRefusal(response, reply);
  if (typeof reply === "object" && "body" in reply) return sendJson(response, reply.body);
  if (typeof reply === "object" && "cut" in reply) return cut(response, reply.cut);
  const answer = plainAnswer(reply, chat?.turn ?? 0);
  if (chat?.stream === true) return sendStream(response, answer, chat.model);
  sendJson(response, JSON.stringify(chatCompletion(answer, chat?.model ?? "")));
}

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

function sendRefusal(
  response: ServerResponse,
  refusal: { readonly status: number; readonly message?: string; readonly code?: string; readonly retryAfterS?: number | string },
): void {
  const error = {
    message: refusal.message ?? `The script says ${refusal.status}.`,
    type: "scripted_error",
    param: null,
    code: refusal.code ?? null,
  };
  const retryAfter = refusal.retryAfterS === undefined ? {} : { "retry-after": String(refusal.retryAfterS) };
  response.writeHead(refusal.status, { "content-type": "application/json", ...retryAfter });
  response.end(JSON.stringify({ error }));
}

function sendJson(response: ServerResponse, body: string): void {
  response.writeHead(200, { "content-type": "application/json" });
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

function sendStream(response: ServerResponse, answer: PlainAnswer, model: string): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const chunk of chatCompletionChunks(answer, model)) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end("data: [DONE]\n\n");
}
