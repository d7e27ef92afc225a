/** A message of an event stream, as it was sent. */
export interface SentEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: unknown;
}

/** The messages in the text of an event stream; comments are left out. */
export function sentEvents(text: string): readonly SentEvent[] {
  return text.split("\n\n").flatMap((block) => {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trimStart());
    }
    const data = fields.get("data");
    if (data === undefined) return [];
    return [
      {
        id: fields.get("id") ?? null,
        event: fields.get("event") ?? "message",
        data: data === "[DONE]" ? data : (JSON.parse(data) as unknown),
      },
    ];
  });
}
