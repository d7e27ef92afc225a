// A stand-in for a language model: rules that read, no weights that write. See docs/offline-model.md.
import type { LanguageModelV4, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Reply } from "./reply.ts";
import { replyTo } from "./reply.ts";

/**
 * The model `offline:extract`: no key, no network, the same reply to the same prompt every time.
 *
 * It fills the schema asked for from the prompt's own text, answers free text with the text's own sentences, and calls a
 * tool at most once when the text gives its arguments. It is no language model: it reads, it does not reason or write.
 * English texts work best. Sampling settings have no effect.
 *
 * @example
 * ```ts
 * import { generateText, Output } from "ai";
 * import { z } from "zod";
 *
 * const { output } = await generateText({
 *   model: offlineExtract(),
 *   prompt: "Invitation: autumn fair, 3 October 2026, Town Hall",
 *   output: Output.object({ schema: z.object({ date: z.iso.date() }) }),
 * });
 * ```
 */
export function offlineExtract(): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "offline",
    modelId: "extract",
    supportedUrls: {},
    async doGenerate(options) {
      options.abortSignal?.throwIfAborted();
      const reply = replyTo(options);
      const text = reply.text === "" && reply.calls.length > 0 ? [] : [{ type: "text" as const, text: reply.text }];
      return { content: [...text, ...reply.calls], finishReason: reply.finishReason, usage: reply.usage, warnings: reply.warnings };
    },
    async doStream(options) {
      options.abortSignal?.throwIfAborted();
      return { stream: streamOf(partsOf(replyTo(options)), options.abortSignal) };
    },
  };
}

/** Long replies stream in larger pieces: more parts than this only cost time. */
const MOST_PIECES = 400;

function* partsOf(reply: Reply): Generator<LanguageModelV4StreamPart> {
  yield { type: "stream-start", warnings: reply.warnings };
  if (reply.text !== "" || reply.calls.length === 0) {
    yield { type: "text-start", id: "0" };
    for (const delta of piecesOf(reply.text)) yield { type: "text-delta", id: "0", delta };
    yield { type: "text-end", id: "0" };
  }
  for (const call of reply.calls) {
    yield { type: "tool-input-start", id: call.toolCallId, toolName: call.toolName };
    yield { type: "tool-input-delta", id: call.toolCallId, delta: call.input };
    yield { type: "tool-input-end", id: call.toolCallId };
    yield call;
  }
  yield { type: "finish", usage: reply.usage, finishReason: reply.finishReason };
}

/** The text in words, each with the space behind it. */
function piecesOf(text: string): readonly string[] {
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  const size = Math.ceil(words.length / MOST_PIECES);
  return size <= 1
    ? words
    : Array.from({ length: Math.ceil(words.length / size) }, (_, index) => words.slice(index * size, (index + 1) * size).join(""));
}

/** One part per pull, so that an abort in between is seen and a slow reader is not flooded. */
function streamOf(parts: Iterator<LanguageModelV4StreamPart>, signal: AbortSignal | undefined): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    pull(controller) {
      if (signal?.aborted === true) {
        controller.error(signal.reason);
        return;
      }
      const next = parts.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
}
