import type { LanguageModelV4FinishReason } from "@ai-sdk/provider";
import type { FinishReason } from "../model/transcript.ts";
import type { ModelReply } from "../runtime/model-port.ts";
import type { Answer } from "./answer.ts";
import { countUsage } from "./count-usage.ts";
import { asEstimate, priceAt, type Tariff } from "./price.ts";
import { unwrap } from "./wire-schema.ts";

/** What the price of an answer depends on. */
export interface Billing {
  readonly tariff: Tariff;
  readonly inputBytes: () => number;
}

/** What was asked for. */
export interface AskedFor {
  /** As the model object names its provider: `openai.responses`. */
  readonly provider: string;
  /** Whether an object was asked for in `{ "value": … }`. */
  readonly wrapped: boolean;
}

/** A whole answer in the engine's words. */
export async function replyOf(answer: Answer, { provider, wrapped }: AskedFor, billing: Billing): Promise<ModelReply> {
  const { text, toolCalls } = answer;
  const counted = countUsage(answer.finish?.usage, { inputBytes: billing.inputBytes, outputBytes: () => answer.bytes });
  const cost = await priceAt(counted.usage, billing.tariff);
  return {
    text: wrapped ? unwrap(text) : text,
    reasoning: answer.reasoning,
    toolCalls,
    finish: toolCalls.length > 0 ? "tool-calls" : finishOf(answer.finish?.reason, provider),
    messages: answer.messages,
    usage: counted.usage,
    cost: counted.estimated ? asEstimate(cost) : cost,
  };
}

/**
 * Why a model stopped that calls no tool. Whether it waits for tools is told by its calls alone: some servers stop for
 * them and say `stop`, others say `tool_calls` and give none.
 */
function finishOf(reason: LanguageModelV4FinishReason | undefined, provider: string): FinishReason {
  switch (reason?.unified) {
    case "length":
      return "length";
    case "content-filter":
      return isRefusal(reason.raw, provider) ? "refusal" : "content-filter";
    case "stop":
    case "tool-calls":
      // Anthropic's models pause in the middle of tools that the provider runs: what came is not the end of it.
      return reason.raw === "pause_turn" ? "paused" : "stop";
    default:
      return "other";
  }
}

/**
 * The packages say `content-filter` for both. A filter has a word for itself; where a model refuses in its own words,
 * Anthropic says `refusal`, chat completions `stop`, and OpenAI's Responses nothing at all.
 */
function isRefusal(raw: string | undefined, provider: string): boolean {
  return raw === "refusal" || raw === "stop" || (raw === undefined && provider.endsWith(".responses"));
}
