import type { ModelMessage, ToolResultPart } from "ai";
import { assertNever } from "../base/assert-never.ts";
import type { ToolAnswer, TranscriptItem } from "../model/transcript.ts";
import { readableJson } from "./readable-json.ts";

/**
 * The transcript as messages of the AI SDK.
 *
 * What the model said goes back verbatim. Where the SDK answered invalid tool calls itself, its tool message is part
 * of that; the engine's answers follow as a second tool message, and providers accept two in a row.
 *
 * @throws {TypeError} When an assistant item does not hold a list of messages, or a tool's value has a cycle.
 */
export function messagesOf(transcript: readonly TranscriptItem[]): ModelMessage[] {
  const messages: ModelMessage[] = [];
  for (const item of transcript) {
    switch (item.role) {
      case "user":
        messages.push({ role: "user", content: item.text });
        break;
      case "assistant":
        messages.push(...saidMessages(item.messages));
        break;
      case "tools":
        if (item.answers.length > 0) messages.push({ role: "tool", content: item.answers.map(toToolResult) });
        break;
      default:
        assertNever(item);
    }
  }
  return messages;
}

function saidMessages(messages: unknown): readonly ModelMessage[] {
  if (!Array.isArray(messages)) throw new TypeError("What the model said is not a list of messages.");
  return messages as readonly ModelMessage[]; // this port wrote them; the SDK looks at their shape again
}

function toToolResult(answer: ToolAnswer): ToolResultPart {
  return { type: "tool-result", toolCallId: answer.callId, toolName: answer.name, output: toOutput(answer.output) };
}

function toOutput(output: ToolAnswer["output"]): ToolResultPart["output"] {
  if (output.type === "error") return { type: "error-text", value: output.message };
  if (typeof output.value === "string") return { type: "text", value: output.value }; // as JSON it would reach the model in quotes
  return { type: "json", value: readableJson(output.value) };
}
