import type { SharedV4ProviderMetadata } from "@ai-sdk/provider";

/** A tool call that a scripted model makes. */
export interface ScriptedCall {
  readonly tool: string;
  /** The arguments. A string is sent as it is, so that it can be broken JSON; anything else as JSON. */
  readonly input: unknown;
  /** @defaultValue `call_<turn>_<position>`, which depends on the conversation alone */
  readonly id?: string;
  /** What a provider adds to a call and wants to see again; only `scriptedModel` can say it. @defaultValue none */
  readonly metadata?: SharedV4ProviderMetadata;
}

/** Tokens that a scripted model claims. */
export interface ScriptedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the tokens in. @defaultValue 0 */
  readonly cachedInputTokens?: number;
  /** Of the tokens out. @defaultValue 0 */
  readonly reasoningTokens?: number;
}

/** Why a scripted model stops, in the words of OpenAI's chat completions; `refusal`: what it says is why it will not. */
export type ScriptedFinish = "stop" | "tool_calls" | "length" | "content_filter" | "refusal";

/**
 * How an answer breaks off once all of it has been said, instead of its proper end: the connection is `cut`, an `error`
 * is reported, it just `end`s, or it `hang`s until the client hangs up.
 */
export type ScriptedBreak = "cut" | "error" | "end" | "hang";

interface Manner {
  /** Null: nothing is said of tokens, as some servers do. @defaultValue 100 in, 20 out */
  readonly usage?: ScriptedUsage | null;
  /** @defaultValue `tool_calls` where there are calls, else `stop` */
  readonly finish?: ScriptedFinish;
  /** Milliseconds until it begins. @defaultValue 0 */
  readonly delayMs?: number;
  /** What the model shows of its reasoning, before anything else. @defaultValue none */
  readonly reasoning?: string;
  /** @defaultValue it does not */
  readonly breaks?: ScriptedBreak;
  /** What a provider adds to the text, or to the reasoning where there is some (`{ anthropic: { signature } }`); only `scriptedModel` can say it. @defaultValue none */
  readonly metadata?: SharedV4ProviderMetadata;
}

/**
 * What a scripted model says: a text (a bare string is one too), a text in these pieces, a value as JSON, or tool calls
 * with or without a text. Where it is streamed, a text comes word by word unless its pieces are given.
 */
export type ScriptedAnswer =
  | string
  | (Manner & { readonly text: string })
  | (Manner & { readonly pieces: readonly string[] })
  | (Manner & { readonly json: unknown })
  | (Manner & { readonly calls: readonly ScriptedCall[]; readonly text?: string });

/** A call with every default filled in. */
export interface PlainCall {
  readonly id: string;
  readonly tool: string;
  readonly arguments: string;
  readonly metadata: SharedV4ProviderMetadata | null;
}

/** An answer with every default filled in. */
export interface PlainAnswer {
  readonly text: string;
  /** The text as it is streamed. */
  readonly pieces: readonly string[];
  readonly reasoning: string;
  readonly calls: readonly PlainCall[];
  readonly usage: ScriptedUsage | null;
  readonly finish: ScriptedFinish;
  readonly delayMs: number;
  readonly breaks: ScriptedBreak | null;
  readonly metadata: SharedV4ProviderMetadata | null;
}

const DEFAULT_USAGE: ScriptedUsage = { inputTokens: 100, outputTokens: 20 };

/** @param turn - How often the model has spoken in this conversation; it makes the ids of calls unique in it. */
export function plainAnswer(answer: ScriptedAnswer, turn: number): PlainAnswer {
  if (typeof answer === "string") return plainAnswer({ text: answer }, turn);
  const calls = "calls" in answer ? answer.calls : [];
  const text = textOf(answer);
  return {
    text,
    pieces: "pieces" in answer ? answer.pieces : inWords(text),
    reasoning: answer.reasoning ?? "",
    calls: calls.map((call, index) => ({
      id: call.id ?? `call_${turn}_${index}`,
      tool: call.tool,
      arguments: typeof call.input === "string" ? call.input : JSON.stringify(call.input ?? {}),
      metadata: call.metadata ?? null,
    })),
    usage: answer.usage === undefined ? DEFAULT_USAGE : answer.usage,
    finish: answer.finish ?? (calls.length > 0 ? "tool_calls" : "stop"),
    delayMs: answer.delayMs ?? 0,
    breaks: answer.breaks ?? null,
    metadata: answer.metadata ?? null,
  };
}

function textOf(answer: Exclude<ScriptedAnswer, string>): string {
  if ("json" in answer) return JSON.stringify(answer.json);
  return "pieces" in answer ? answer.pieces.join("") : (answer.text ?? "");
}

/** The words of a text, each with the space before it. */
export function inWords(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/g) ?? [];
}
