import type {
  JSONValue,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultOutput,
  LanguageModelV4ToolResultPart,
} from "@ai-sdk/provider";
import { assertNever } from "../base/assert-never.ts";
import type { FlujoFile } from "../model/flujo-file.ts";
import type { ToolAnswer, TranscriptItem } from "../model/transcript.ts";
import { readableJson } from "./readable-json.ts";
import { readTextFile } from "./text-file.ts";

/** What the model to come can be told. */
export interface Reader {
  /** As the model object names its provider: `openai.responses`. */
  readonly provider: string;
  /** Whether it can be told that a person refused a tool call. */
  readonly takesDenials: boolean;
}

/** A conversation that no provider would take: a call in it has no answer. Found before anything is sent. */
class UnansweredCall extends Error {
  override readonly name = "UnansweredCall";
}

type UserPart = LanguageModelV4TextPart | LanguageModelV4FilePart;

/**
 * Instructions and transcript as a prompt. What the model said goes back verbatim.
 *
 * @throws {UnansweredCall} When a tool call is followed by something other than its answer.
 * @throws {TypeError} When an assistant item does not hold a list of messages, or a tool's value has a cycle.
 */
export function promptOf(instructions: string, transcript: readonly TranscriptItem[], reader: Reader): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Message[] = [];
  if (instructions !== "") prompt.push({ role: "system", content: instructions });
  for (const item of transcript) {
    switch (item.role) {
      case "user":
        prompt.push({ role: "user", content: userParts(item.text, item.files ?? []) });
        break;
      case "assistant":
        prompt.push(...saidMessages(item.messages));
        break;
      case "tools":
        pushAnswers(prompt, item.answers, reader);
        break;
      default:
        assertNever(item);
    }
  }
  refuseUnanswered(prompt);
  return prompt;
}

function userParts(text: string, files: readonly FlujoFile[]): UserPart[] {
  const parts: UserPart[] = text === "" && files.length > 0 ? [] : [{ type: "text", text }];
  for (const file of files) parts.push(partOf(file));
  return parts;
}

function partOf(file: FlujoFile): UserPart {
  const text = readTextFile(file);
  return text === null ? filePart(file) : { type: "text", text };
}

/** As base64, which is what all providers send in the end; Buffer makes it many times faster than they do. */
function filePart({ bytes, mediaType, name }: FlujoFile): LanguageModelV4FilePart {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return { type: "file", mediaType, data: { type: "data", data }, ...(name === null ? {} : { filename: name }) };
}

function saidMessages(messages: unknown): readonly LanguageModelV4Message[] {
  if (!Array.isArray(messages)) throw new TypeError("What the model said is not a list of messages.");
  return messages as readonly LanguageModelV4Message[]; // this port wrote them
}

/** One tool message at a time: providers want all answers of a turn together. Files that may not stand in them come after. */
function pushAnswers(prompt: LanguageModelV4Message[], answers: readonly ToolAnswer[], reader: Reader): void {
  if (answers.length === 0) return;
  const apart: FlujoFile[] = [];
  const content = answers.map((answer) => toolResult(answer, { reader, apart }));
  const last = prompt.at(-1);
  if (last?.role === "tool") prompt.splice(-1, 1, { ...last, content: [...last.content, ...content] });
  else prompt.push({ role: "tool", content });
  if (apart.length > 0) prompt.push({ role: "user", content: apart.map(partOf) });
}

interface Telling {
  readonly reader: Reader;
  /** Files that go into a message of their own. */
  readonly apart: FlujoFile[];
}

function toolResult({ callId, name, output }: ToolAnswer, telling: Telling): LanguageModelV4ToolResultPart {
  return { type: "tool-result", toolCallId: callId, toolName: name, output: outputOf(output, telling) };
}

function outputOf(output: ToolAnswer["output"], { reader, apart }: Telling): LanguageModelV4ToolResultOutput {
  switch (output.type) {
    case "error":
      return { type: "error-text", value: output.message };
    case "denied":
      if (!reader.takesDenials) return { type: "error-text", value: output.reason };
      return output.reason === "" ? { type: "execution-denied" } : { type: "execution-denied", reason: output.reason };
    case "value":
      return output.files === undefined || output.files.length === 0
        ? plainOutput(output.value)
        : outputWithFiles(output.value, output.files, { reader, apart });
    default:
      return assertNever(output);
  }
}

function plainOutput(value: unknown): LanguageModelV4ToolResultOutput {
  if (typeof value === "string") return { type: "text", value }; // as JSON it would reach the model in quotes
  return { type: "json", value: readableJson(value) };
}

function outputWithFiles(value: unknown, files: readonly FlujoFile[], { reader, apart }: Telling): LanguageModelV4ToolResultOutput {
  const texts = [typeof value === "string" ? value : JSON.stringify(readableJson(value) satisfies JSONValue)];
  const inside: LanguageModelV4FilePart[] = [];
  for (const file of files) {
    const text = readTextFile(file);
    if (text !== null) texts.push(text);
    else if (mayStandInAnswer(reader.provider, file.mediaType)) inside.push(filePart(file));
    else {
      apart.push(file);
      texts.push(`${file.name ?? "file"} (${file.mediaType}, ${file.size} bytes) is in the next message.`);
    }
  }
  if (inside.length === 0) return { type: "text", value: texts.join("\n\n") };
  return { type: "content", value: [...texts.map((text) => ({ type: "text" as const, text })), ...inside] };
}

/**
 * Which packages send a file that is part of a tool's answer as a file. The one for chat completions would write it out as
 * JSON, and Anthropic's leaves out, without a word, what it does not know.
 */
function mayStandInAnswer(provider: string, mediaType: string): boolean {
  if (provider.startsWith("google.generative-ai")) return true;
  if (!/^(?:anthropic(?:\.|$)|openai\.responses$|azure\.responses$)/.test(provider)) return false;
  return mediaType.startsWith("image/") || mediaType === "application/pdf";
}

function refuseUnanswered(prompt: LanguageModelV4Prompt): void {
  const open = new Map<string, string>();
  for (const message of prompt) {
    if (message.role === "user" && open.size > 0) break;
    if (message.role === "assistant")
      for (const part of message.content)
        if (part.type === "tool-call" && part.providerExecuted !== true) open.set(part.toolCallId, part.toolName);
    if (message.role === "tool") for (const part of message.content) if (part.type === "tool-result") open.delete(part.toolCallId);
  }
  const [missing] = open;
  if (missing === undefined) return;
  throw new UnansweredCall(`The call of ${JSON.stringify(missing[1])} (id ${JSON.stringify(missing[0])}) has no answer in the transcript.`);
}
