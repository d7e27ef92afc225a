import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from "@ai-sdk/provider";
import { setTimeout as sleep } from "node:timers/promises";
import {
  inWords,
  type PlainAnswer,
  plainAnswer,
  type PlainCall,
  type ScriptedAnswer,
  type ScriptedBreak,
  type ScriptedFinish,
  type ScriptedUsage,
} from "./scripted-reply.ts";

/** What a scripted model does when it is called: it answers, or throws the error. */
export type ScriptedTurn = ScriptedAnswer | Error;

/** A list of turns, one per call in order of arrival; or a function of the call, for calls that run at the same time. */
export type ModelScript = readonly ScriptedTurn[] | ((call: ScriptedModelCall) => ScriptedTurn | Promise<ScriptedTurn>);

/** One call of a scripted model. */
export interface ScriptedModelCall {
  /** Counts from 0 over all calls of this model. */
  readonly index: number;
  /**
   * How often the model has spoken in the conversation that it is shown. An agent that is tried again begins anew, so that it
   * is 0 again; one with a `history` is shown what it said before, and goes on counting. A call that failed and is made
   * again has the same number.
   */
  readonly turn: number;
  /** The text of the last user message; empty where there is none. */
  readonly lastUserText: string;
  /** All that the AI SDK passed on. */
  readonly options: LanguageModelV4CallOptions;
}

/** A language model of the AI SDK that does what a script says. */
export interface ScriptedModel extends LanguageModelV4 {
  /** Every call so far. */
  readonly calls: readonly ScriptedModelCall[];
  /** @throws {Error} Where it was not called for each turn of its list, and once for each: it says how often it was. A function is never done. */
  assertComplete(): void;
}

/** How a scripted model calls itself; its price follows from that. */
export interface ScriptedModelOptions {
  /** @defaultValue `scripted`, whose price is unknown; `openai.chat` is priced as OpenAI */
  readonly provider?: string;
  /** @defaultValue `script` */
  readonly modelId?: string;
}

/**
 * A model for fast tests, without HTTP. A call beyond the end of a list throws an error that says so; `assertComplete()` fails
 * where it was not called as often as the list is long.
 *
 * @example
 * ```ts
 * import { agent } from "flujo";
 * import { runForTest, scriptedModel } from "flujo/testing";
 *
 * const model = scriptedModel(["No idea.", "It is a bug."]);
 * const label = agent({ name: "label", model, instructions: "Classify." });
 * const { result } = await runForTest(label, "It fails.");
 * console.log(result.unwrap()); // No idea.
 * try {
 *   model.assertComplete();
 * } catch (error) {
 *   console.log(String(error)); // Error: scriptedModel "script" has a script of 2, and was called once. Its last user message: "It fails.".
 * }
 * ```
 */
export function scriptedModel(script: ModelScript, options: ScriptedModelOptions = {}): ScriptedModel {
  const calls: ScriptedModelCall[] = [];
  const modelId = options.modelId ?? "script";
  const answer = async (asked: LanguageModelV4CallOptions): Promise<PlainAnswer> => {
    const call = describeCall(asked, calls.length);
    calls.push(call);
    const turn = await nextTurn(script, { call, modelId });
    if (turn instanceof Error) throw turn;
    const plain = plainAnswer(turn, call.turn);
    if (plain.delayMs > 0) await wait(plain.delayMs, asked.abortSignal);
    return plain;
  };
  return {
    specificationVersion: "v4",
    provider: options.provider ?? "scripted",
    modelId,
    supportedUrls: {},
    calls,
    assertComplete: () => refuseIncomplete(script, { modelId, calls }),
    doGenerate: async (asked) => {
      const plain = await answer(asked);
      if (plain.breaks === "hang") await aborted(asked.abortSignal);
      return toResult(plain);
    },
    doStream: async (asked) => ({ stream: streamOf(await answer(asked), asked.abortSignal) }),
  };
}

/** The signal's own reason, which node's timer would hide in an AbortError. */
async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function describeCall(options: LanguageModelV4CallOptions, index: number): ScriptedModelCall {
  const lastUser = options.prompt.findLast((message) => message.role === "user");
  const lastUserText = lastUser?.content.map((part) => (part.type === "text" ? part.text : "")).join("") ?? "";
  return { index, turn: options.prompt.filter((message) => message.role === "assistant").length, lastUserText, options };
}

async function nextTurn(
  script: ModelScript,
  { call, modelId }: { readonly call: ScriptedModelCall; readonly modelId: string },
): Promise<ScriptedTurn> {
  if (typeof script === "function") return script(call);
  const turn = script[call.index];
  if (turn !== undefined) return turn;
  const message = `scriptedModel "${modelId}" has a script of ${script.length}, and this is call ${call.index + 1}. Its last user message: ${JSON.stringify(call.lastUserText.slice(0, 200))}.`;
  throw Object.assign(new Error(message), { quotesPrompt: true }); // what was sent is left out of other errors
}

function refuseIncomplete(
  script: ModelScript,
  { modelId, calls }: { readonly modelId: string; readonly calls: readonly ScriptedModelCall[] },
): void {
  if (typeof script === "function" || calls.length === script.length) return;
  const times = ["never called", "called once"][calls.length] ?? `called ${calls.length} times`;
  const last = calls.at(-1);
  const asked = last === undefined ? "" : ` Its last user message: ${JSON.stringify(last.lastUserText.slice(0, 200))}.`;
  throw new Error(`scriptedModel "${modelId}" has a script of ${script.length}, and was ${times}.${asked}`);
}

function toResult(answer: PlainAnswer): LanguageModelV4GenerateResult {
  if (answer.breaks !== null) throw brokenBy(answer.breaks);
  const content: LanguageModelV4Content[] = [];
  const ofReasoning = answer.reasoning !== "";
  if (ofReasoning) content.push({ type: "reasoning", text: answer.reasoning, ...metadataOf(answer.metadata) });
  if (answer.text !== "") content.push({ type: "text", text: answer.text, ...metadataOf(ofReasoning ? null : answer.metadata) });
  for (const call of answer.calls) content.push(toCall(call));
  return { content, finishReason: toFinish(answer.finish), usage: toUsage(answer.usage), warnings: [] };
}

function toCall({ id, tool, arguments: input, metadata }: PlainCall): LanguageModelV4ToolCall {
  return { type: "tool-call", toolCallId: id, toolName: tool, input, ...metadataOf(metadata) };
}

function metadataOf(metadata: SharedV4ProviderMetadata | null): { readonly providerMetadata?: SharedV4ProviderMetadata } {
  return metadata === null ? {} : { providerMetadata: metadata };
}

function brokenBy(how: ScriptedBreak): Error {
  return new Error(how === "cut" ? "The script cuts the connection." : "The script breaks the answer off.");
}

const UNIFIED: Readonly<Record<ScriptedFinish, LanguageModelV4FinishReason["unified"]>> = {
  stop: "stop",
  tool_calls: "tool-calls",
  length: "length",
  content_filter: "content-filter",
  refusal: "content-filter",
};

function toFinish(finish: ScriptedFinish): LanguageModelV4FinishReason {
  return { unified: UNIFIED[finish], raw: finish };
}

function toUsage(usage: ScriptedUsage | null): LanguageModelV4Usage {
  if (usage === null) {
    return {
      inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
      outputTokens: { total: undefined, text: undefined, reasoning: undefined },
    };
  }
  const cacheRead = usage.cachedInputTokens ?? 0;
  const reasoning = usage.reasoningTokens ?? 0;
  return {
    inputTokens: { total: usage.inputTokens, noCache: usage.inputTokens - cacheRead, cacheRead, cacheWrite: 0 },
    outputTokens: { total: usage.outputTokens, text: usage.outputTokens - reasoning, reasoning },
  };
}

function* partsOf(answer: PlainAnswer): Generator<LanguageModelV4StreamPart> {
  yield { type: "stream-start", warnings: [] };
  const ofReasoning = answer.reasoning !== "";
  if (ofReasoning) yield* blockOf("reasoning", { pieces: inWords(answer.reasoning), metadata: answer.metadata });
  if (answer.pieces.length > 0) yield* blockOf("text", { pieces: answer.pieces, metadata: ofReasoning ? null : answer.metadata });
  for (const call of answer.calls) {
    yield { type: "tool-input-start", id: call.id, toolName: call.tool };
    yield { type: "tool-input-delta", id: call.id, delta: call.arguments };
    yield { type: "tool-input-end", id: call.id };
    yield toCall(call);
  }
  if (answer.breaks === "cut") throw brokenBy("cut");
  if (answer.breaks === "error") yield { type: "error", error: brokenBy("error") };
  if (answer.breaks === null) yield { type: "finish", usage: toUsage(answer.usage), finishReason: toFinish(answer.finish) };
}

interface BlockScript {
  readonly pieces: readonly string[];
  readonly metadata: SharedV4ProviderMetadata | null;
}

/** What a provider adds comes with the end of a block, as signatures do. */
function* blockOf(type: "text" | "reasoning", { pieces, metadata }: BlockScript): Generator<LanguageModelV4StreamPart> {
  yield { type: `${type}-start`, id: "0" };
  for (const delta of pieces) yield { type: `${type}-delta`, id: "0", delta };
  yield { type: `${type}-end`, id: "0", ...metadataOf(metadata) };
}

/** One part per pull, so that an abort in between is seen. */
function streamOf(answer: PlainAnswer, signal: AbortSignal | undefined): ReadableStream<LanguageModelV4StreamPart> {
  const parts = partsOf(answer);
  return new ReadableStream({
    async pull(controller) {
      signal?.throwIfAborted();
      const next = parts.next(); // what the script throws, the stream fails with
      if (next.done !== true) controller.enqueue(next.value);
      else if (answer.breaks === "hang") await aborted(signal);
      else controller.close();
    },
  });
}

/** Never, or until the signal is aborted: then it fails with the reason. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
