import { isPlainObject, type Json } from "../../base/json.ts";
import type { Shelf } from "./payload.ts";
import type { Fields } from "./spot.ts";

/**
 * What a model call gave, without what follows from the rest of it: its messages say mostly what its text and its calls
 * say. Written only where reading it gives the very same value, so that nothing is lost.
 */

/** The fields of a turn, in the order that the runtime gives them. */
export const TURN_FIELDS = ["text", "reasoning", "toolCalls", "finish", "messages", "output"] as const;

interface Turn {
  readonly text: string;
  readonly toolCalls: readonly unknown[];
  readonly [field: string]: unknown;
}

/** The short form of a model's turn; null for what is none. @throws {FlujoError} `value_unstorable` */
export function turnTree(value: unknown, shelf: Shelf, where: string): Json | null {
  if (!isTurn(value)) return null;
  const follows = whatFollows(value);
  const tree: Record<string, Json> = {};
  for (const field of TURN_FIELDS) {
    const one = value[field];
    if (field === "text" ? one === "" : isSame(one, follows[field])) continue;
    tree[field] = field === "text" ? shelf.text(value.text) : shelf.value(one, `${where}: ${field}`);
  }
  return tree;
}

function isTurn(value: unknown): value is Turn {
  if (!isPlainObject(value) || Object.getPrototypeOf(value) === null || Object.keys(value).join() !== TURN_FIELDS.join()) return false;
  return typeof value["text"] === "string" && Array.isArray(value["toolCalls"]);
}

/** The turn that the short form stands for; `valueOf` reads one of its fields. */
export function readTurn(fields: Fields, valueOf: (field: string) => unknown): unknown {
  const of = (field: string, other: unknown): unknown => (fields.get(field) === null ? other : valueOf(field));
  const text = of("text", "");
  const toolCalls = of("toolCalls", []);
  const follows = whatFollows({ text: String(text), toolCalls: Array.isArray(toolCalls) ? toolCalls : [] });
  return {
    text,
    reasoning: of("reasoning", follows["reasoning"]),
    toolCalls,
    finish: of("finish", follows["finish"]),
    messages: of("messages", follows["messages"]),
    output: of("output", follows["output"]),
  };
}

/** What a turn is made of where nothing else is said: the model said this text, called these tools and stopped. */
function whatFollows({ text, toolCalls }: Turn): Readonly<Record<string, unknown>> {
  const content: unknown[] = text === "" ? [] : [{ type: "text", text }];
  for (const call of toolCalls) {
    const { callId, name, input } = isPlainObject(call) ? call : {};
    content.push({ type: "tool-call", toolCallId: callId, toolName: name, input });
  }
  const isCalling = toolCalls.length > 0;
  return {
    reasoning: "",
    toolCalls: [],
    finish: isCalling ? "tool-calls" : "stop",
    messages: content.length === 0 ? [] : [{ role: "assistant", content }],
    output: isCalling ? null : { ok: true, value: text },
  };
}

/** Whether two values are the same to the letter, their keys in the same order; never for what JSON has no words for. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  const fields = Reflect.ownKeys(a);
  const others = Reflect.ownKeys(b);
  if (fields.length !== others.length) return false;
  return fields.every((key, index) => key === others[index] && isSame(Reflect.get(a, key), Reflect.get(b, key)));
}
