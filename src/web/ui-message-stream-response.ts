import type { RunEvents } from "./run-events.ts";
import { sseText } from "./server-sent-events.ts";
import type { StreamResponseOptions } from "./stream-response.ts";
import { streamResponse } from "./stream-response.ts";
import type { UiMessageChunk } from "./ui-message-chunk.ts";
import type { UiMessageOptions } from "./ui-message-writer.ts";
import { UiMessageWriter } from "./ui-message-writer.ts";

/** How {@link uiMessageStreamResponse} answers. Everything has a default. */
export interface UiMessageStreamOptions extends StreamResponseOptions, UiMessageOptions {}

const DONE = "data: [DONE]\n\n";

/**
 * A run as a web-standard response in the AI SDK's UI message stream protocol (version 1), which `useChat` and its
 * transports read: text, reasoning, tool calls with their arguments, approvals and results; questions to people as parts of
 * type `data-flujo-pause`, signals and moments that the run waits for as `data-flujo-wait`, function steps and reports as
 * transient parts `data-flujo-step` and `data-flujo-report`.
 *
 * A client that was cut off reads it from the beginning: answer its reconnection with
 * `uiMessageStreamResponse(flujo.events(runId))`, which says first what was, then goes on live.
 *
 * An approval has the pause's id as its `approvalId`: answer it with
 * `flujo.answer(program, runId, { pause: approvalId, value: { decision: "approve" } })`.
 *
 * @param source - `flujo.events(runId)`, or what `flujo.stream()` gave. From the first entry on.
 * @example
 * ```ts
 * import { agent, Flujo } from "flujo";
 * import { scriptedModel } from "flujo/testing";
 * import { uiMessageStreamResponse } from "flujo/web";
 *
 * const flujo = new Flujo();
 * const greet = agent({ name: "greet", model: scriptedModel(["Good morning!"]), instructions: "Greet." });
 * const response = uiMessageStreamResponse(flujo.stream(greet, "Hello"));
 * console.log(await response.text());
 * await flujo.close();
 * ```
 */
export function uiMessageStreamResponse(source: RunEvents, options: UiMessageStreamOptions = {}): Response {
  const writer = new UiMessageWriter(options);
  const headers = new Headers({ "x-vercel-ai-ui-message-stream": "v1" });
  new Headers(options.headers).forEach((value, name) => headers.set(name, value));
  return streamResponse(
    source,
    {
      event: (event) => textOf(writer.take(event)),
      end: (rest) => textOf(writer.end(rest)) + DONE,
      failure: (error) => textOf(writer.fail(error)) + DONE,
    },
    { ...options, headers },
  );
}

function textOf(chunks: readonly UiMessageChunk[]): string {
  return chunks.map((data) => sseText({ data })).join("");
}
