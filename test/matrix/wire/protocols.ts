import type { IncomingHttpHeaders } from "node:http";
import type { Provider } from "./answers.ts";

type Body = Readonly<Record<string, unknown>>;

/** What the server has to know of a provider's protocol. */
export interface Protocol {
  /** The model that is asked for. */
  readonly model: string;
  /** What a base URL ends with. */
  readonly basePath: string;
  /** The variables that lead a client here. */
  readonly variables: { readonly url: string; readonly key: string };
  /** The header that carries the key, and how. */
  readonly key: { readonly header: string; readonly before: string };
  /** Paths below the base, and whether they give a stream; null where the body says it. */
  readonly paths: Readonly<Record<string, boolean | null>>;
  /** The list in the body that holds the conversation. */
  readonly conversation: string;
  /** Whether an item of the conversation holds a tool's answer. */
  readonly isToolAnswer: (item: Body) => boolean;
  /** Found in the first event of a stream that tells how the answer ended. */
  readonly finish: RegExp;
}

function partsOf(item: Body, field: string): readonly Body[] {
  const parts = item[field];
  return Array.isArray(parts) ? parts : [];
}

export const PROTOCOLS: Readonly<Record<Provider, Protocol>> = {
  openai: {
    model: "gpt-5-mini",
    basePath: "/v1",
    variables: { url: "OPENAI_BASE_URL", key: "OPENAI_API_KEY" },
    key: { header: "authorization", before: "Bearer " },
    paths: { "/responses": null },
    conversation: "input",
    isToolAnswer: (item) => item["type"] === "function_call_output",
    finish: /"type":"response\.completed"/,
  },
  anthropic: {
    model: "claude-sonnet-4-5",
    basePath: "/v1",
    variables: { url: "ANTHROPIC_BASE_URL", key: "ANTHROPIC_API_KEY" },
    key: { header: "x-api-key", before: "" },
    paths: { "/messages": null },
    conversation: "messages",
    isToolAnswer: (item) => partsOf(item, "content").some((part) => part["type"] === "tool_result"),
    finish: /"type":"message_delta"/,
  },
  google: {
    model: "gemini-2.5-flash",
    basePath: "/v1beta",
    variables: { url: "GOOGLE_GENERATIVE_AI_BASE_URL", key: "GOOGLE_GENERATIVE_AI_API_KEY" },
    key: { header: "x-goog-api-key", before: "" },
    paths: {
      "/models/gemini-2.5-flash:streamGenerateContent?alt=sse": true,
      "/models/gemini-2.5-flash:generateContent": false,
    },
    conversation: "contents",
    isToolAnswer: (item) => partsOf(item, "parts").some((part) => "functionResponse" in part),
    finish: /"finishReason":"/,
  },
  "openai-compatible": {
    model: "qwen3-32b",
    basePath: "/v1",
    variables: { url: "OPENAI_COMPATIBLE_BASE_URL", key: "OPENAI_COMPATIBLE_API_KEY" },
    key: { header: "authorization", before: "Bearer " },
    paths: { "/chat/completions": null },
    conversation: "messages",
    isToolAnswer: (item) => item["role"] === "tool",
    finish: /"finish_reason":"/,
  },
};

/** The key every client is given. */
export const TEST_KEY = "sk-matrix-0123456789abcdef";

/** What came over the wire. */
export interface Incoming {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bodyText: string;
}

/** What a request asks for. */
export interface Asked {
  /** Counts from 1: 2 where the conversation holds the tools' answers. */
  readonly turn: number;
  readonly stream: boolean;
}

/** What the request asks for, or why the real provider would refuse it. */
export function readRequest(provider: Provider, incoming: Incoming): Asked | { readonly refused: number; readonly why: string } {
  const protocol = PROTOCOLS[provider];
  const path = incoming.path.startsWith(protocol.basePath) ? incoming.path.slice(protocol.basePath.length) : "";
  const streams = protocol.paths[path];
  if (incoming.method !== "POST" || streams === undefined) return { refused: 404, why: `There is no ${incoming.method} ${incoming.path}.` };
  const { header, before } = protocol.key;
  if (incoming.headers[header] !== `${before}${TEST_KEY}`) return { refused: 401, why: `${header} does not hold the key.` };
  if (provider === "anthropic" && incoming.headers["anthropic-version"] !== "2023-06-01")
    return { refused: 400, why: "anthropic-version is missing." };
  const body = JSON.parse(incoming.bodyText) as Body;
  if (provider !== "google" && body["model"] !== protocol.model)
    return { refused: 404, why: `There is no model ${String(body["model"])}.` };
  const turn = partsOf(body, protocol.conversation).some(protocol.isToolAnswer) ? 2 : 1;
  return { turn, stream: streams ?? body["stream"] === true };
}

/** What a request says after its first user message. */
export function conversationAfterInput(provider: Provider, bodyText: string): readonly unknown[] {
  const items = partsOf(JSON.parse(bodyText) as Body, PROTOCOLS[provider].conversation);
  return items.slice(items.findIndex((item) => item["role"] === "user") + 1);
}
