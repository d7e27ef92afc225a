import type { Transport, TransportSendOptions } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage, RequestId } from "@modelcontextprotocol/sdk/types.js";
import type { Clock } from "../../base/clock.ts";
import type { HttpConnection } from "../../model/tool-server.ts";
import type { HttpSdk } from "./sdk.ts";

/** Waiting times between attempts to open a broken stream again, in milliseconds, and how many there are. */
const REOPENING = { initialReconnectionDelay: 250, reconnectionDelayGrowFactor: 3, maxReconnectionDelay: 1_000, maxRetries: 2 };
/** JSON-RPC's code for a connection that is gone. */
const CONNECTION_GONE = -32_000;

/** Marks the failure of a request whose answer can no longer come. */
export const ANSWER_LOST = "flujo: the answer was lost";

/** What a transport to a server over HTTP works with. */
export interface HttpParts {
  readonly connection: HttpConnection;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly sdk: HttpSdk;
}

type Inner = InstanceType<HttpSdk["StreamableHTTPClientTransport"]>;
type SendOptions = NonNullable<Parameters<Inner["send"]>[1]>;

/** A request whose answer is not there yet. */
interface OpenRequest {
  readonly abort: AbortController;
  /** Ends the stream its answer would come on, as far as it has begun. */
  end: (() => void) | null;
  /** Whether the server lets a broken stream be taken up again. */
  canResume: boolean;
}

/**
 * The package's own transport, and three things that it does not do: a request whose stream breaks fails at once instead
 * of never; calling a request off closes its stream; streams that cannot be opened again end the connection, so that the
 * next use makes a new one.
 */
export class HttpTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  /** Nothing reaches us outside of the protocol. */
  readonly aside = "";
  isIdle = false;
  setProtocolVersion: (version: string) => void;
  readonly #parts: HttpParts;
  readonly #inner: Inner;
  readonly #open = new Map<RequestId, OpenRequest>();
  #isClosed = false;
  #ending: string | null = null;

  constructor(parts: HttpParts) {
    this.#parts = parts;
    const { connection, sdk } = parts;
    this.#inner = new sdk.StreamableHTTPClientTransport(new URL(connection.url), {
      requestInit: { headers: { ...connection.headers } },
      fetch: (url, init) => this.#fetch(url, init),
      reconnectionOptions: REOPENING,
    });
    this.setProtocolVersion = (version) => this.#inner.setProtocolVersion(version);
    this.#inner.onmessage = (message) => this.#hear(message);
    this.#inner.onclose = () => this.#noteClosed();
    this.#inner.onerror = (error) => this.#noteError(error);
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  /** Why it was given up, where it was. */
  get ending(): string | null {
    return this.#ending;
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  async send(message: JSONRPCMessage, given: TransportSendOptions = {}): Promise<void> {
    const options = given as SendOptions; // the package has two types of the same options, which differ in `undefined`
    if ("method" in message && message.method === "notifications/cancelled") {
      await this.#inner.send(message, options).finally(() => this.#callOff(message.params?.["requestId"] as RequestId));
      return;
    }
    if (!("method" in message) || !("id" in message)) return this.#inner.send(message, options);
    const request: OpenRequest = { abort: new AbortController(), end: null, canResume: false };
    this.#open.set(message.id, request);
    const onresumptiontoken = (token: string): void => {
      request.canResume = true;
      options.onresumptiontoken?.(token);
    };
    try {
      await this.#inner.send(message, { ...options, onresumptiontoken });
      if (request.end === null) this.#noteLostSoon(message.id); // it came in one piece, and may not hold the answer
    } catch (error) {
      this.#open.delete(message.id);
      throw error;
    }
  }

  /** Ends the session at the server, where it is still there to be asked, and the connection. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    const { connection, clock } = this.#parts;
    if (this.#ending === null && this.#inner.sessionId !== undefined) {
      const patience = Promise.withResolvers<void>();
      const callOff = clock.after(Math.min(connection.connectTimeoutMs, 1_000), patience.resolve);
      await Promise.race([this.#inner.terminateSession().catch(() => undefined), patience.promise]); // it ends by itself where nobody answers
      callOff();
    }
    await this.#inner.close();
  }

  async #fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const request = this.#requestOf(init);
    if (request === null) return this.#parts.fetch(url, init);
    const { id, open } = request;
    const signals = [open.abort.signal, ...(init.signal == null ? [] : [init.signal])];
    const response = await this.#parts.fetch(url, { ...init, signal: AbortSignal.any(signals) });
    const isStream = response.ok && response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    if (!isStream || response.body === null) return response;
    const { status, statusText, headers } = response;
    return new Response(this.#watched(response.body, id, open), { status, statusText, headers });
  }

  #requestOf({ method, body }: RequestInit): { readonly id: RequestId; readonly open: OpenRequest } | null {
    if (method !== "POST" || typeof body !== "string") return null;
    const { id } = JSON.parse(body) as { readonly id?: RequestId };
    const open = id === undefined ? undefined : this.#open.get(id);
    return id === undefined || open === undefined ? null : { id, open };
  }

  /** Passes a stream on, and notices when it ends, or breaks off, without an answer. */
  #watched(body: ReadableStream<Uint8Array>, id: RequestId, open: OpenRequest): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    let isOver = false;
    return new ReadableStream<Uint8Array>({
      start: (into) => {
        open.end = () => {
          if (isOver) return;
          isOver = true;
          // An answer that nobody waits for any more: without it, the package would take the stream up again.
          into.enqueue(new TextEncoder().encode(`data: ${JSON.stringify({ jsonrpc: "2.0", id, result: {} })}\n\n`));
          into.close();
          reader.cancel().catch((error: unknown) => this.onerror?.(error as Error));
        };
      },
      pull: async (into) => {
        const piece = await reader.read().catch((error: unknown) => {
          this.onerror?.(error as Error);
          return { done: true, value: undefined } as const; // that it broke off is told by the failure of the request
        });
        if (isOver) return;
        if (!piece.done) {
          into.enqueue(piece.value);
          return;
        }
        isOver = true;
        into.close();
        this.#noteLostSoon(id); // what was read last has arrived by then
      },
      cancel: (reason) => reader.cancel(reason),
    });
  }

  #noteLostSoon(id: RequestId): void {
    this.#parts.clock.soon(() => this.#noteLost(id));
  }

  #noteLost(id: RequestId): void {
    const open = this.#open.get(id);
    if (open === undefined || open.canResume || this.#isClosed) return;
    this.#open.delete(id);
    this.onmessage?.({
      jsonrpc: "2.0",
      id,
      error: { code: CONNECTION_GONE, message: "the connection ended before the answer came", data: ANSWER_LOST },
    });
  }

  #callOff(id: RequestId): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (open?.end == null) open?.abort.abort();
    else open.end();
  }

  #hear(message: JSONRPCMessage): void {
    if (!("method" in message)) {
      if (message.id === undefined || !this.#open.delete(message.id)) return; // called off meanwhile
    }
    this.onmessage?.(message);
  }

  #noteError(error: Error): void {
    this.onerror?.(error);
    if (!error.message.startsWith("Maximum reconnection attempts") || this.#isClosed) return;
    this.#ending = "lost its stream and could not be reached again";
    this.#inner.close().catch((failure: unknown) => this.onerror?.(failure as Error));
  }

  #noteClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { abort } of this.#open.values()) abort.abort();
    this.#open.clear();
    this.onclose?.();
  }
}
