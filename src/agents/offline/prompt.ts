import type { LanguageModelV4Message, LanguageModelV4Prompt, LanguageModelV4ToolResultOutput } from "@ai-sdk/provider";
import type { Json } from "../../base/json.ts";
import { flattenJson, readableText } from "./flatten.ts";

/** What a prompt says, sorted by what it is for. */
export interface Reading {
  /** What to do: the system messages, and the opening of the user's text where it reads like an order. */
  readonly instructions: string;
  /** What to read: the user's texts and the results of tools. */
  readonly text: string;
  /** What was said to be wrong with earlier answers, oldest first. */
  readonly corrections: readonly string[];
  /** The answer the last correction speaks of. */
  readonly lastAnswer: string;
  /** Tools that were called already. */
  readonly called: ReadonlySet<string>;
  /** How many times the model has spoken. */
  readonly turn: number;
  /** Parts that are no text. */
  readonly unread: number;
}

const COMPLAINT =
  /\b(?:in ?valid|not valid|validation|validate|schema|must (?:be|not|have|match|contain)|expected|too (?:big|small|long|short|many|few)|does(?: not|n't) (?:match|fit)|did(?: not|n't) (?:match|fit|pass)|not (?:one of|allowed)|try again|correct (?:it|this|the)|rejected)\b/i;

/** How the engine tells a model what is wrong, also with an answer that was empty: never a text to answer from. */
const ENGINES_COMPLAINT = "Your answer was not valid: ";

/** Sorts a prompt. */
export function readPrompt(prompt: LanguageModelV4Prompt, structured: boolean): Reading {
  const parts = {
    instructions: [] as string[],
    texts: [] as string[],
    results: [] as string[],
    corrections: [] as string[],
    called: new Set<string>(),
    lastAnswer: "",
    turn: 0,
    unread: 0,
  };
  for (const message of prompt) {
    switch (message.role) {
      case "system":
        parts.instructions.push(message.content);
        break;
      case "user": {
        const { text, unread } = userText(message);
        parts.unread += unread;
        const isComplaint =
          text.startsWith(ENGINES_COMPLAINT) || (structured && parts.lastAnswer !== "" && COMPLAINT.test(text.slice(0, 4_000)));
        if (isComplaint) parts.corrections.push(text);
        else parts.texts.push(text);
        break;
      }
      case "assistant":
        parts.turn++;
        parts.lastAnswer = message.content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("") || parts.lastAnswer;
        for (const part of message.content) if (part.type === "tool-call") parts.called.add(part.toolName);
        break;
      case "tool":
        for (const part of message.content) {
          if (part.type !== "tool-result") continue;
          parts.called.add(part.toolName);
          parts.results.push(resultText(part.output));
        }
        break;
      default:
      // A role of a later version of the interface says nothing to these rules.
    }
  }
  const { opening, rest } =
    parts.instructions.length > 0 ? { opening: "", rest: parts.texts.join("\n\n") } : splitOrder(parts.texts.join("\n\n"));
  return {
    instructions: [...parts.instructions, opening].filter((text) => text !== "").join("\n"),
    text: [readableText(rest), ...parts.results].filter((text) => text !== "").join("\n\n"),
    corrections: parts.corrections,
    lastAnswer: parts.lastAnswer,
    called: parts.called,
    turn: parts.turn,
    unread: parts.unread,
  };
}

function userText(message: Extract<LanguageModelV4Message, { role: "user" }>): { readonly text: string; readonly unread: number } {
  const texts: string[] = [];
  let unread = 0;
  for (const part of message.content) {
    const text = part.type === "text" ? part.text : part.data.type === "text" ? part.data.text : null;
    if (text === null) unread++;
    else texts.push(text);
  }
  return { text: texts.join("\n"), unread };
}

function resultText(output: LanguageModelV4ToolResultOutput): string {
  switch (output.type) {
    case "text":
      return readableText(output.value);
    case "json":
      return flattenJson(output.value as Json);
    case "content":
      return output.value.flatMap((part) => (part.type === "text" ? [readableText(part.text)] : [])).join("\n");
    default:
      // What went wrong with a tool, or was denied, is no text to read values from.
      return "";
  }
}

/** `Summarize this:` and a text below: the first paragraph is the order, the rest is what it is about. */
function splitOrder(text: string): { readonly opening: string; readonly rest: string } {
  const cut = /^[^\n]{3,400}?(?::\s*\n|[.?!:]\s*\n\s*\n)/.exec(text.trimStart());
  if (cut === null) return { opening: "", rest: text };
  const rest = text.trimStart().slice(cut[0].length);
  const orders =
    /^(?:please|can you|could you|what|who|when|where|which|how|summari[sz]e|extract|classify|write|draft|list|find|give|answer|describe|read|fill|translate|tell|decide|rate|return|analy[sz]e|identify|get|pull|parse|here (?:is|are)|the following|given|your task|you are)\b/i.test(
      cut[0],
    );
  return orders && rest.trim() !== "" ? { opening: cut[0].trim(), rest } : { opening: "", rest: text };
}
