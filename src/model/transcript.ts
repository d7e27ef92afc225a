import type { Json } from "../base/json.ts";

/** A tool call a model asks for. */
export interface ToolCall {
  /** The provider's own id; it goes back with the result. Never a key of the journal. */
  readonly callId: string;
  readonly name: string;
  /** The arguments as the model wrote them; checked by the tool's schema before the tool runs. */
  readonly input: unknown;
}

/** What a tool call gave, or why it did not. */
export interface ToolAnswer {
  readonly callId: string;
  readonly name: string;
  readonly output: { readonly type: "value"; readonly value: unknown } | { readonly type: "error"; readonly message: string };
}

/** One part of a conversation with a model, in no provider's own words except where they must be kept to the letter. */
export type TranscriptItem =
  | { readonly role: "user"; readonly text: string }
  /** What the model said, verbatim as the AI SDK gave it: reasoning and signatures must go back unchanged. */
  | { readonly role: "assistant"; readonly messages: Json }
  | { readonly role: "tools"; readonly answers: readonly ToolAnswer[] };

/** Why a model stopped. */
export type FinishReason = "stop" | "tool-calls" | "length" | "content-filter" | "error" | "other";

/** What one model call gave. */
export interface ModelTurn {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** Verbatim, for the next call. */
  readonly messages: Json;
  /** What the output schema says of the text; null where there were tool calls. A text agent's output is its text. */
  readonly output: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string } | null;
}
