import type { GenerateTextResult, ToolSet } from "ai";
import type { Json } from "../base/json.ts";
import type { FinishReason } from "../model/transcript.ts";
import type { ModelReply } from "../runtime/model-port.ts";
import { countUsage } from "./count-usage.ts";
import { asEstimate, priceAt, type Tariff } from "./price.ts";
import { unwrap } from "./wire-schema.ts";

type Result = Pick<GenerateTextResult<ToolSet, never, never>, "text" | "toolCalls" | "finishReason" | "usage" | "response">;

/** What the SDK gave for one call. */
export interface Answered {
  readonly result: Result;
  /** What the model said where an object was asked for; null where it was not, or where it called tools. */
  readonly answer: string | null;
  /** Whether that object was asked for in `{ "value": … }`. */
  readonly wrapped: boolean;
}

/** What the price of an answer depends on. */
export interface Billing {
  readonly tariff: Tariff;
  readonly inputBytes: () => number;
}

/** The SDK's result in the engine's words. */
export async function replyOf({ result, answer, wrapped }: Answered, billing: Billing): Promise<ModelReply> {
  const said = answer ?? result.text;
  const toolCalls = result.toolCalls
    .filter((call) => call.invalid !== true && call.providerExecuted !== true)
    .map((call) => ({ callId: call.toolCallId, name: call.toolName, input: call.input as unknown }));
  const asked = result.toolCalls.some((call) => call.providerExecuted !== true);
  const text = JSON.stringify(result.response.messages);
  const counted = countUsage(result.usage, { inputBytes: billing.inputBytes, outputBytes: () => outputBytesOf(result) });
  const cost = await priceAt(counted.usage, billing.tariff);
  return {
    text: wrapped ? unwrap(said) : said,
    toolCalls,
    finish: finishOf(result.finishReason, asked),
    messages: JSON.parse(text) as Json, // leaves out the keys that are undefined, which is all that JSON changes here
    usage: counted.usage,
    cost: counted.estimated ? asEstimate(cost) : cost,
  };
}

/**
 * Some servers stop for tool calls and say `stop`, others say `tool_calls` and give none. Whether the model waits for
 * tools is told by the calls; what cut an answer short (`length`, `content-filter`, `error`) is always passed on.
 */
function finishOf(said: string, asked: boolean): FinishReason {
  switch (said) {
    case "length":
    case "content-filter":
    case "error":
      return said;
    case "stop":
    case "tool-calls":
      return asked ? "tool-calls" : "stop";
    default:
      return asked ? "tool-calls" : "other";
  }
}

function outputBytesOf(result: Result): number {
  return (
    Buffer.byteLength(result.text) + result.toolCalls.reduce((sum, call) => sum + Buffer.byteLength(JSON.stringify(call.input) ?? ""), 0)
  );
}
