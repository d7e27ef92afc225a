/** A tool call that a scripted model makes. */
export interface ScriptedCall {
  readonly tool: string;
  /** The arguments. A string is sent as it is, so that it can be broken JSON; anything else as JSON. */
  readonly input: unknown;
  /** @defaultValue `call_<turn>_<position>`, which depends on the conversation alone */
  readonly id?: string;
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

/** Why a scripted model stops, in the words of OpenAI's chat completions. */
export type ScriptedFinish = "stop" | "tool_calls" | "length" | "content_filter";

interface Manner {
  /** Null: nothing is said of tokens, as some servers do. @defaultValue 100 in, 20 out */
  readonly usage?: ScriptedUsage | null;
  /** @defaultValue `tool_calls` where there are calls, else `stop` */
  readonly finish?: ScriptedFinish;
  /** Milliseconds until it begins. @defaultValue 0 */
  readonly delayMs?: number;
}

/** What a scripted model says: a text (a bare string is one too), a value as JSON, or tool calls with or without a text. */
export type ScriptedAnswer =
  | string
  | (Manner & { readonly text: string })
  | (Manner & { readonly json: unknown })
  | (Manner & { readonly calls: readonly ScriptedCall[]; readonly text?: string });

/** An answer with every default filled in. */
export interface PlainAnswer {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly tool: string; readonly arguments: string }[];
  readonly usage: ScriptedUsage | null;
  readonly finish: ScriptedFinish;
  readonly delayMs: number;
}

const DEFAULT_USAGE: ScriptedUsage = { inputTokens: 100, outputTokens: 20 };

/** @param turn - How often the model has spoken in this conversation; it makes the ids of calls unique in it. */
export function plainAnswer(answer: ScriptedAnswer, turn: number): PlainAnswer {
  if (typeof answer === "string") return plainAnswer({ text: answer }, turn);
  const calls = "calls" in answer ? answer.calls : [];
  return {
    text: "json" in answer ? JSON.stringify(answer.json) : (answer.text ?? ""),
    calls: calls.map((call, index) => ({
      id: call.id ?? `call_${turn}_${index}`,
      tool: call.tool,
      arguments: typeof call.input === "string" ? call.input : JSON.stringify(call.input ?? {}),
    })),
    usage: answer.usage === undefined ? DEFAULT_USAGE : answer.usage,
    finish: answer.finish ?? (calls.length > 0 ? "tool_calls" : "stop"),
    delayMs: answer.delayMs ?? 0,
  };
}
