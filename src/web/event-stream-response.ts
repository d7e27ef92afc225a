import type { RunEvent } from "../model/run-event.ts";
import { sseText } from "./server-sent-events.ts";
import type { RunEvents } from "./run-events.ts";
import type { StreamResponseOptions } from "./stream-response.ts";
import { streamResponse } from "./stream-response.ts";

/** How {@link eventStreamResponse} answers. Everything has a default. */
export interface EventStreamOptions extends StreamResponseOptions {
  /**
   * Entries before this seq are left out: where the source begins earlier than the client wants. A source that reads from
   * there itself (`flujo.events(runId, { fromSeq })`) needs no such thing.
   *
   * @defaultValue `0`
   */
  readonly fromSeq?: number;
  /**
   * What the client is sent of an event: undefined for nothing. Entries hold prompts, inputs, what tools gave and where
   * steps failed: leave out what is not for the eyes of this client.
   *
   * @defaultValue the event itself
   */
  readonly show?: (event: RunEvent) => unknown;
}

/**
 * The events of a run as a web-standard response (`text/event-stream`), for an `EventSource` in a page or any other
 * reader. Every event is a message whose data is the event as JSON. Entries have their seq as the message's id, so that an
 * `EventSource` that was cut off asks for the rest: see {@link fromSeqOf}. At the end comes an event of type `end` with
 * the run's `status` and its `pauses`; if the run cannot be read on, one of type `failure` with a code and a message.
 *
 * A client that leaves ends the reading and not the run; give the run a `signal` of your own to stop it then.
 *
 * @param source - `flujo.events(runId)`, or what `flujo.stream()` gave.
 * @example
 * ```ts
 * import { Flujo, step } from "flujo";
 * import { eventStreamResponse } from "flujo/web";
 *
 * const flujo = new Flujo();
 * const double = step("double", (n: number) => n * 2);
 * const response = eventStreamResponse(flujo.stream(double, 21));
 * console.log(await response.text());
 * await flujo.close();
 * ```
 */
export function eventStreamResponse(source: RunEvents, options: EventStreamOptions = {}): Response {
  const { fromSeq = 0, show = (event) => event } = options;
  return streamResponse(
    source,
    {
      event(event) {
        const seq = event.family === "entry" ? event.entry.seq : undefined;
        if (seq !== undefined && seq < fromSeq) return "";
        const data = show(event);
        if (data === undefined) return "";
        return sseText(seq === undefined ? { data } : { id: seq, data });
      },
      end: (rest) => sseText({ event: "end", data: rest === undefined ? {} : { status: rest.status, pauses: rest.pauses ?? [] } }),
      failure: (error) => sseText({ event: "failure", data: error }),
    },
    options,
  );
}

/**
 * The seq from which on a client wants entries: the one after what its `EventSource` has seen last, as it says in its
 * `Last-Event-ID` header when it connects again; 0 where it says nothing.
 *
 * @param request - Anything with web-standard headers, or the headers of Node's own requests.
 */
export function fromSeqOf(request: {
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}): number {
  const { headers } = request;
  const last = headers instanceof Headers ? headers.get("last-event-id") : headers["last-event-id"];
  return typeof last === "string" && /^\d{1,15}$/.test(last) ? Number(last) + 1 : 0;
}
