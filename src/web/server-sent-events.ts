import { plainJson } from "../base/plain-json.ts";

/** Sent at once, so that whoever waits for the answer to begin does not wait. Says how soon to come back after a cut, in milliseconds. */
export const OPENING = "retry: 1000\n\n";

/** Sent while nothing happens, so that nobody between takes the connection for dead. */
export const HEARTBEAT = ": still here\n\n";

/** One message of an event stream. */
export interface ServerSentEvent {
  /** What a client that was cut off says it has seen last. Left out, it stays what it was. */
  readonly id?: number;
  /** Its type; left out, it is a `message`. */
  readonly event?: string;
  /** Sent as JSON. */
  readonly data: unknown;
}

/** A message as text. JSON has no line ends, so the data is one line. */
export function sseText({ id, event, data }: ServerSentEvent): string {
  const json = JSON.stringify(plainJson(data)) ?? "null";
  return `${id === undefined ? "" : `id: ${id}\n`}${event === undefined ? "" : `event: ${event}\n`}data: ${json}\n\n`;
}
