import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
  SharedV4Warning,
} from "@ai-sdk/provider";
import { answerText } from "./answer.ts";
import { narrowed } from "./corrections.ts";
import { countTokens, MESSAGE_OVERHEAD } from "./count.ts";
import { fillSchema } from "./fill.ts";
import type { Reading } from "./prompt.ts";
import { readPrompt } from "./prompt.ts";
import { asSchema } from "./schema.ts";
import type { Source } from "./source.ts";
import { sourceOf } from "./source.ts";
import { chooseCalls } from "./tools.ts";

/** All the model has to say to one call. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly LanguageModelV4ToolCall[];
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
  readonly warnings: SharedV4Warning[];
}

/** Works out the reply. A pure function of the options: the same prompt, schema and tools give the same reply. */
export function replyTo(options: LanguageModelV4CallOptions): Reply {
  const format = options.responseFormat;
  const reading = readPrompt(options.prompt, format?.type === "json");
  const source = sourceOf(reading.text);
  const wanted = chooseCalls(options, { reading, source });
  const calls = wanted.map(
    (call): LanguageModelV4ToolCall => ({
      type: "tool-call",
      toolCallId: `call-${reading.turn + 1}-${call.name}`,
      toolName: call.name,
      input: call.input,
    }),
  );
  const whole =
    calls.length > 0
      ? ""
      : format?.type === "json"
        ? structured(format.schema, { reading, source })
        : answerText(reading.instructions, source);
  const { text, cut } = limited(whole, options);
  const output =
    countTokens(text) + calls.reduce((sum, call) => sum + countTokens(call.toolName) + countTokens(call.input) + MESSAGE_OVERHEAD, 0);
  return {
    text,
    calls,
    finishReason: { unified: calls.length > 0 ? "tool-calls" : cut ? "length" : "stop", raw: undefined },
    usage: usageOf(countInput(options), output),
    warnings:
      reading.unread === 0
        ? []
        : [{ type: "other", message: `${reading.unread} part(s) of the prompt are no text; the offline model reads text only.` }],
  };
}

function structured(schema: unknown, scene: { readonly reading: Reading; readonly source: Source }): string {
  const { reading, source } = scene;
  if (schema === undefined)
    return JSON.stringify(Object.fromEntries(source.fields.slice(0, 50).map((field) => [field.label, field.value])));
  const wanted = narrowed(asSchema(schema), reading.corrections, reading.lastAnswer);
  return JSON.stringify(fillSchema(wanted, { source, instructions: reading.instructions }).value);
}

/** Ends the text at a stop sequence, and where `maxOutputTokens` runs out. */
function limited(text: string, options: LanguageModelV4CallOptions): { readonly text: string; readonly cut: boolean } {
  const stops = (options.stopSequences ?? []).map((stop) => (stop === "" ? -1 : text.indexOf(stop))).filter((at) => at >= 0);
  const stopped = stops.length === 0 ? text : text.slice(0, Math.min(...stops));
  const most = options.maxOutputTokens;
  if (most === undefined || countTokens(stopped) <= most) return { text: stopped, cut: false };
  let low = 0;
  let high = stopped.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (countTokens(stopped.slice(0, middle)) <= most) low = middle;
    else high = middle - 1;
  }
  return { text: stopped.slice(0, low).replace(/[\uD800-\uDBFF]$/, ""), cut: true };
}

/** Messages, tools and schema: all that a provider would be sent. */
function countInput(options: LanguageModelV4CallOptions): number {
  let tokens = 3;
  for (const message of options.prompt) {
    tokens += MESSAGE_OVERHEAD;
    if (message.role === "system") tokens += countTokens(message.content);
    else for (const part of message.content) tokens += countTokens("text" in part ? part.text : JSON.stringify(part));
  }
  if (options.tools !== undefined) tokens += countTokens(JSON.stringify(options.tools));
  const format = options.responseFormat;
  return format?.type === "json" && format.schema !== undefined ? tokens + countTokens(JSON.stringify(format.schema)) : tokens;
}

function usageOf(input: number, output: number): LanguageModelV4Usage {
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: output, text: output, reasoning: 0 },
  };
}
