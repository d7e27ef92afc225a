import type { Json } from "../base/json.ts";
import type { Ending } from "./ending.ts";
import type { FlujoFile } from "./flujo-file.ts";

/** A tool call a model asks for. */
export interface ToolCall {
  /** The provider's own id; it goes back with the result. Never a key of the journal. */
  readonly callId: string;
  readonly name: string;
  /** The arguments as the model wrote them; checked by the tool's schema before the tool runs. Their text where they are no JSON. */
  readonly input: unknown;
  /** Why it cannot be run, whatever the tool: its arguments are no JSON. The model is told. */
  readonly problem?: string;
}

/** What a tool call gave, or why it did not. */
export interface ToolAnswer {
  readonly callId: string;
  readonly name: string;
  readonly output:
    | { readonly type: "value"; readonly value: unknown; readonly files?: readonly FlujoFile[] }
    | { readonly type: "error"; readonly message: string }
    /** A person said no. */
    | { readonly type: "denied"; readonly reason: string };
}

/** One part of a conversation with a model, in no provider's own words except where they must be kept to the letter. */
export type TranscriptItem =
  | { readonly role: "user"; readonly text: string; readonly files?: readonly FlujoFile[] }
  /** What the model said, as a list of messages of the AI SDK's provider prompt: reasoning and signatures go back unchanged. */
  | { readonly role: "assistant"; readonly messages: Json }
  | { readonly role: "tools"; readonly answers: readonly ToolAnswer[] };

/** Why a model stopped. `paused`: in the middle of tools that its provider runs; it goes on when it is sent what it has said. */
export type FinishReason = "stop" | "tool-calls" | "length" | "content-filter" | "refusal" | "paused" | "other";

/** What one model call gave. */
export interface ModelTurn {
  readonly text: string;
  /** What the model let see of its reasoning; empty where it showed none. */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** Verbatim, for the next call. */
  readonly messages: Json;
  /** What the output schema says of the text; null where there were tool calls. A text agent's output is its text. */
  readonly output:
    | { readonly ok: true; readonly value: unknown }
    | { readonly ok: false; readonly ending: Ending; readonly problem: string }
    | null;
}
