import { readArguments } from "../../agents/tool-arguments.ts";
import type { Json } from "../../base/json.ts";
import type { Schema } from "../../base/schema.ts";
import type { ModelTurn, ToolCall } from "../../model/transcript.ts";
import { turnOf } from "../../runtime/performers/model.ts";

/** How a model's answer is spoilt. */
export type Garbling = "cut" | "mangled";

/** A model's turn as if its text, or the arguments of its tool calls, had come so; checked anew against what is asked for. */
export async function garbled(turn: ModelTurn, how: Garbling, schema: Schema | null): Promise<ModelTurn> {
  const text = spoilt(turn.text, how);
  const finish = how === "cut" ? "length" : turn.finish;
  const messages = replaced(turn.messages, turn.text, text);
  const toolCalls = turn.toolCalls.map((call) => withSpoiltArguments(call, how));
  return turnOf({ text, reasoning: turn.reasoning, toolCalls, finish, messages }, schema);
}

function withSpoiltArguments({ callId, name, input }: ToolCall, how: Garbling): ToolCall {
  return { callId, name, ...readArguments(spoilt(JSON.stringify(input), how), name) };
}

/** Half of it; or without a single sign that JSON is made of. */
function spoilt(text: string, how: Garbling): string {
  if (how === "cut") return text.slice(0, Math.floor(text.length / 2));
  const mangled = text.replaceAll(/["{}[\]:,]/g, "~");
  return mangled === text && text !== "" ? `~${text}~` : mangled;
}

/** What goes back to the model with the next call is what it said. */
function replaced(messages: Json, before: string, after: string): Json {
  if (before === "") return messages;
  return JSON.parse(JSON.stringify(messages), (_key, value: unknown) => (value === before ? after : value)) as Json; // of JSON, with other texts
}
