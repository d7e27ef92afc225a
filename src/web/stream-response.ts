import type { Clock } from "../base/clock.ts";
import { FlujoError, messageOf } from "../base/errors.ts";
import { systemClock } from "../base/system.ts";
import type { RunEvent } from "../model/run-event.ts";
import { HEARTBEAT, OPENING } from "./server-sent-events.ts";
import type { AtRest, RunEvents } from "./run-events.ts";

/** What every response that streams takes. */
export interface StreamResponseOptions {
  /** Ends the response when it is aborted, as if the client had left. The run is not touched. */
  readonly signal?: AbortSignal;
  /** Headers beside our own, which they win over. */
  readonly headers?: ConstructorParameters<typeof Headers>[0];
  /**
   * How often a comment is sent while nothing happens, in milliseconds. Too long, and a proxy closes the connection
   * (many do after 30 or 60 seconds); short ones only cost bytes.
   *
   * @defaultValue `15_000`
   */
  readonly heartbeatMs?: number;
  /** Time. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** What is wrong, as a client may know it. */
export interface ToldError {
  readonly code: string;
  readonly message: string;
}

/** How events become the text of a response. Each gives an empty text where there is nothing to say. */
export interface Wording {
  event(event: RunEvent): string;
  /** @param rest - Undefined where the source does not say how the run came to rest. */
  end(rest: AtRest | undefined): string;
  failure(error: ToldError): string;
}

/** A response that says what comes from a source, in somebody's words. */
export function streamResponse(source: RunEvents, wording: Wording, options: StreamResponseOptions): Response {
  const headers = new Headers({ "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache, no-transform" });
  headers.set("x-accel-buffering", "no"); // nginx would gather what is to be seen at once
  new Headers(options.headers).forEach((value, name) => headers.set(name, value));
  // Nothing is fetched ahead: a slow client holds the source up, which knows what to leave out.
  const body = new ReadableStream(new Body(source, wording, options), { highWaterMark: 0 });
  return new Response(body, { headers });
}

const HEARTBEAT_MS = 15_000;

/** The body of one response. The source is read only as fast as the client reads, and left as soon as the client leaves. */
class Body {
  readonly #events: AsyncIterator<RunEvent, AtRest | undefined | void, void>;
  readonly #wording: Wording;
  readonly #options: StreamResponseOptions;
  readonly #encoder = new TextEncoder();
  #to: ReadableStreamDefaultController<Uint8Array> | null = null;
  #stopHeart: (() => void) | null = null;
  #isOver = false;
  /** Since the last beat of the heart. */
  #hasSpoken = true;
  readonly #leave = (): void => {
    this.#close();
    this.#leaveSource();
  };

  constructor(source: RunEvents, wording: Wording, options: StreamResponseOptions) {
    this.#events = source[Symbol.asyncIterator]();
    this.#wording = wording;
    this.#options = options;
  }

  /** Called when the client wants more; nothing was begun before that. */
  async pull(to: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#to === null) return this.#begin(to);
    try {
      while (!this.#isOver) {
        const next = await this.#events.next();
        if (this.#isOver) return;
        const text = next.done === true ? this.#wording.end(next.value ?? undefined) : this.#wording.event(next.value);
        this.#say(text);
        if (next.done === true) this.#close();
        if (text !== "") return;
      }
    } catch (error) {
      if (this.#isOver) return;
      this.#say(this.#wording.failure(toldError(error)));
      this.#close();
      this.#leaveSource();
    }
  }

  /** The client has left. */
  cancel(): void {
    this.#isOver = true;
    this.#end();
    this.#leaveSource();
  }

  #begin(to: ReadableStreamDefaultController<Uint8Array>): void {
    this.#to = to;
    const { signal } = this.#options;
    if (signal?.aborted === true) return this.#leave();
    signal?.addEventListener("abort", this.#leave, { once: true });
    this.#say(OPENING);
    this.#beat();
  }

  #beat(): void {
    const { clock = systemClock, heartbeatMs = HEARTBEAT_MS } = this.#options;
    this.#stopHeart = clock.after(heartbeatMs, () => {
      const isWaiting = (this.#to?.desiredSize ?? -1) >= 0; // else it has not even read the last one
      if (!this.#hasSpoken && isWaiting) this.#say(HEARTBEAT);
      this.#hasSpoken = false;
      this.#beat();
    });
  }

  #say(text: string): void {
    if (text === "") return;
    this.#hasSpoken = true;
    this.#to?.enqueue(this.#encoder.encode(text));
  }

  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end();
    this.#to?.close();
  }

  #end(): void {
    this.#stopHeart?.();
    this.#options.signal?.removeEventListener("abort", this.#leave);
  }

  #leaveSource(): void {
    this.#events.return?.(undefined).then(
      () => {},
      (error: unknown) => warn(error),
    );
  }
}

/** What a client is told of an error: never a stack, and of one that is none of ours not even its message. */
function toldError(error: unknown): ToldError {
  if (FlujoError.is(error)) return { code: error.code, message: error.summary };
  warn(error);
  return { code: "unexpected", message: "Something unexpected happened." };
}

function warn(error: unknown): void {
  process.emitWarning(`The events of a response broke off: ${messageOf(error)}`, "FlujoWarning");
}
