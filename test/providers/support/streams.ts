type Data = { readonly [key: string]: unknown };

/** Server-sent events with names, as OpenAI's Responses and Anthropic send them. */
export function named(...events: readonly (Data & { readonly type: string })[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
}

/** Server-sent events without names, as Google and chat completions send them. */
export function unnamed(...events: readonly (Data | string)[]): string {
  return events.map((event) => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`).join("");
}

/** Whatever goes over the wire as a stream. */
export function streamed(body: string): { readonly body: string; readonly type: string } {
  return { body, type: "text/event-stream" };
}

const usage = { input_tokens: 10, output_tokens: 5 };

/** Anthropic: these blocks, each with its deltas. */
export function anthropicStream(blocks: readonly { readonly begun: Data; readonly deltas: readonly Data[] }[], stop = "end_turn"): string {
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-5", content: [], stop_reason: null, usage };
  const inner = blocks.flatMap(({ begun, deltas }, index) => [
    { type: "content_block_start", index, content_block: begun },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]);
  const end = { type: "message_delta", delta: { stop_reason: stop, stop_sequence: null }, usage };
  return named({ type: "message_start", message }, ...inner, end, { type: "message_stop" });
}

/** Google: these parts, one chunk each. */
export function googleStream(parts: readonly Data[], finishReason = "STOP"): string {
  const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 };
  const chunks = parts.map((part, index) => {
    const end = index === parts.length - 1 ? { finishReason } : {};
    return { candidates: [{ content: { role: "model", parts: [part] }, index: 0, ...end }], usageMetadata };
  });
  return unnamed(...chunks);
}

/** OpenAI's Responses: these items of output, each said as a whole. */
export function responsesStream(items: readonly (Data & { readonly type: string; readonly id: string })[]): string {
  const response = { id: "resp_1", created_at: 1_893_456_000, model: "gpt-5-mini", status: "in_progress", output: [] };
  const said = items.flatMap((item, output_index): readonly (Data & { readonly type: string })[] => {
    const done = { type: "response.output_item.done", output_index, item };
    const at = { item_id: item.id, output_index };
    if (item.type === "reasoning") {
      const parts = (item["summary"] as readonly { readonly text: string }[]).flatMap(({ text }, summary_index) => [
        { type: "response.reasoning_summary_part.added", ...at, summary_index, part: { type: "summary_text", text: "" } },
        { type: "response.reasoning_summary_text.delta", ...at, summary_index, delta: text },
        { type: "response.reasoning_summary_part.done", ...at, summary_index, part: { type: "summary_text", text } },
      ]);
      return [{ type: "response.output_item.added", output_index, item: { ...item, summary: [] } }, ...parts, done];
    }
    if (item.type === "message") {
      const [{ text } = { text: "" }] = item["content"] as readonly { readonly text: string }[];
      const delta = { type: "response.output_text.delta", ...at, content_index: 0, delta: text, logprobs: [] };
      return [{ type: "response.output_item.added", output_index, item: { ...item, content: [] } }, delta, done];
    }
    return [{ type: "response.output_item.added", output_index, item: { ...item, arguments: "" } }, done];
  });
  const end = {
    type: "response.completed",
    response: { ...response, status: "completed", output: items, usage: { ...usage, total_tokens: 15 } },
  };
  return named({ type: "response.created", response }, ...said, end);
}

/** Chat completions: these deltas. */
export function chatStream(deltas: readonly Data[], finish_reason: string | null = "stop"): string {
  const chunk = { id: "c1", object: "chat.completion.chunk", created: 1, model: "m" };
  const chunks = deltas.map((delta) => ({ ...chunk, choices: [{ index: 0, delta, finish_reason: null }] }));
  const counted = { ...chunk, choices: [], usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } };
  const end = finish_reason === null ? [] : [{ ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] }, counted, "[DONE]"];
  return unnamed(...chunks, ...end);
}
