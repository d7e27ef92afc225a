import type { RunEvent } from "../../../src/index.ts";

/** Everything that is told. */
export async function told(events: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The seqs of the entries in it, in the order in which they were told. */
export function seqsOf(events: readonly RunEvent[]): readonly number[] {
  return events.flatMap((event) => (event.family === "entry" ? [event.entry.seq] : []));
}

/** One event in a few words. */
export function shortly(event: RunEvent): string {
  if (event.family === "entry") return `${event.entry.seq} ${event.entry.type} ${event.entry.key}`;
  if ("delta" in event) return `${event.type} ${event.path}: ${event.delta}`;
  return event.type === "work-reported" ? `reported ${event.path}: ${JSON.stringify(event.value)}` : `started ${event.path}`;
}

/** Text that is said, as one. */
export async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of stream) text += piece;
  return text;
}
