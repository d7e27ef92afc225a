import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { isPlainObject } from "../../base/json.ts";
import { chatCompletions } from "./chat-completions.ts";
import type { Chat } from "./chat-request.ts";
import { gemini } from "./gemini.ts";
import { messages } from "./messages.ts";
import type { Protocol } from "./protocol.ts";
import { responses } from "./responses.ts";
import { type ModelServerReply, sendReply } from "./send-reply.ts";
import { messageOf } from "../../base/errors.ts";

/** A list of replies, one per request in order of arrival; or a function of the request, for requests at the same time. */
export type ModelServerScript =
  | readonly ModelServerReply[]
  | ((request: ModelServerRequest, index: number) => ModelServerReply | Promise<ModelServerReply>);

/** A request that the server got. */
export interface ModelServerRequest extends Chat {
  /** Counts from 0 in order of arrival. */
  readonly index: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came, to the byte. */
  readonly bodyText: string;
  /** How it ended: `answered`, or `dropped` where the client hung up first or the script cut the connection. */
  readonly ended: Promise<"answered" | "dropped">;
}

/** A scripted server on this machine that speaks as the providers do. */
export interface ModelServer {
  /** The base URL, with `/v1`; Google's is `/v1beta` at the same host. */
  readonly url: string;
  /** Environment variables under which `openai:`, `anthropic:`, `google:`, `openai-compatible:`, `ollama:` and `lmstudio:` come here. */
  readonly env: Readonly<Record<string, string>>;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ModelServerRequest[];
  /** Breaks what is open and stops to listen. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const PROTOCOLS: readonly Protocol[] = [chatCompletions, responses, messages, gemini];

/**
 * Starts a real HTTP server on a free port of 127.0.0.1 that answers as OpenAI (Responses), Anthropic (Messages), Google
 * (Gemini) or any server of chat completions would, by the path that is asked, streamed or not. Requests beyond the end of a list, and a script that throws, are answered with status 400 and a message that says so.
 *
 * @example
 * ```ts
 * import { startModelServer } from "flujo/testing";
 * await using server = await startModelServer([{ json: { area: "billing" } }, { status: 429, retryAfterS: 2 }]);
 * Object.assign(process.env, server.env); // now `openai:`, `anthropic:`, `google:` and `openai-compatible:` lead here
 * ```
 */
export async function startModelServer(script: ModelServerScript): Promise<ModelServer> {
  const requests: ModelServerRequest[] = [];
  const server = createServer((incoming, response) => {
    answer({ incoming, response, script, requests }).catch((error: unknown) =>
      response.destroy(error instanceof Error ? error : new Error(messageOf(error))),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeAllConnections();
    });
  };
  return { url, env: environmentFor(url), requests, close, [Symbol.asyncDispose]: close };
}

function environmentFor(url: string): Readonly<Record<string, string>> {
  const key = "sk-flujo-test-0123456789";
  return {
    OPENAI_BASE_URL: url,
    OPENAI_API_KEY: key,
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    GOOGLE_GENERATIVE_AI_BASE_URL: `${url}beta`,
    GOOGLE_GENERATIVE_AI_API_KEY: key,
    OPENAI_COMPATIBLE_BASE_URL: url,
    OPENAI_COMPATIBLE_API_KEY: key,
    OLLAMA_BASE_URL: url,
    LMSTUDIO_BASE_URL: url,
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly script: ModelServerScript;
  readonly requests: ModelServerRequest[];
}

async function answer({ incoming, response, script, requests }: Exchange): Promise<void> {
  const ended = new Promise<"answered" | "dropped">((resolve) => {
    response.once("close", () => resolve(response.writableFinished ? "answered" : "dropped"));
  });
  const bodyText = await text(incoming);
  const path = incoming.url ?? "";
  const spoken = incoming.method === "POST" ? PROTOCOLS.find((protocol) => protocol.match(path) !== null) : undefined;
  if (spoken === undefined) {
    await sendReply(response, { reply: { status: 404, message: `There is no ${incoming.method} ${path} here.` }, asked: null });
    return;
  }
  const body: unknown = JSON.parse(bodyText);
  const chat = spoken.read(isPlainObject(body) ? body : {}, spoken.match(path) ?? {});
  const request: ModelServerRequest = { ...chat, index: requests.length, headers: incoming.headers, bodyText, ended };
  requests.push(request);
  await sendReply(response, { reply: await nextReply(script, request), asked: { protocol: spoken, chat } });
}

async function nextReply(script: ModelServerScript, request: ModelServerRequest): Promise<ModelServerReply> {
  if (typeof script !== "function") {
    return (
      script[request.index] ?? {
        status: 400,
        message: `The script has ${script.length} replies, and this is request ${request.index + 1}.`,
      }
    );
  }
  try {
    return await script(request, request.index);
  } catch (error) {
    return { status: 400, message: `The script threw: ${messageOf(error)}` };
  }
}
