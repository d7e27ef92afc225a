import { isPlainObject } from "../../base/json.ts";
import { valueLine } from "./value-text.ts";

/** Which model was asked, by the intent of the call; empty where it does not say. */
export function modelOf(request: unknown): string {
  return isPlainObject(request) && typeof request["model"] === "string" ? request["model"] : "";
}

/** What a model said, or which tools it called: those of its agent, and those the provider has run itself. */
export function saidIn(turn: unknown): string {
  if (!isPlainObject(turn)) return "";
  const calls = [...namesIn(turn["toolCalls"]), ...runByProvider(turn["messages"]).map((name) => `${name} (run by the provider)`)];
  const text = typeof turn["text"] === "string" ? turn["text"] : "";
  if (namesIn(turn["toolCalls"]).length === 0 && text !== "") return text;
  return calls.length > 0 ? `calls ${calls.join(", ")}` : text;
}

function namesIn(calls: unknown): readonly string[] {
  return listOf(calls).map(({ name }) => String(name));
}

/** The tools that the provider ran itself, by the model's own messages. */
function runByProvider(messages: unknown): readonly string[] {
  return listOf(messages)
    .flatMap(({ content }) => listOf(content))
    .filter(({ type, providerExecuted }) => type === "tool-call" && providerExecuted === true)
    .flatMap(({ toolName }) => (typeof toolName === "string" ? [toolName] : []));
}

/** What a tool gave. A server's tool gives a value and files. */
export function toolValueText(output: unknown): string {
  if (output === undefined) return "";
  if (!isPlainObject(output) || !Array.isArray(output["files"]) || Object.keys(output).length !== 2 || !("value" in output))
    return valueLine(output);
  const { value, files } = output as { readonly value: unknown; readonly files: readonly unknown[] };
  const shown = files.map((file) => valueLine(file)).join(", ");
  return value === null && shown !== "" ? shown : [valueLine(value), shown].filter((part) => part !== "").join(" + ");
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}
