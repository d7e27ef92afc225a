import type { EventStore } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { makeSampleServer } from "./sample-server.ts";

/** How the server behaves. */
export interface HttpManner {
  /** Answers in one piece of JSON, without streams. */
  readonly json?: boolean;
  /** Lets streams that break off be taken up again. */
  readonly resumable?: boolean;
  readonly evidence?: string;
  /** Answers in place of the server; true where it did. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly rpc: string | null;
  readonly headers: IncomingMessage["headers"];
}

/** A real server over streamable HTTP on loopback, made with the package's own transport. */
export class HttpServer {
  readonly received: Received[] = [];
  readonly #manner: HttpManner;
  readonly #sockets = new Set<Socket>();
  /** Requests whose answer has not ended, and that nobody has gone away from. */
  readonly open = new Set<string>();
  #sessions = new Map<string, StreamableHTTPServerTransport>();
  #server: Server | null = null;
  #port = 0;

  constructor(manner: HttpManner = {}) {
    this.#manner = manner;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/mcp`;
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** Breaks all connections, as a crash would, and listens no more. */
  async crash(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.forget();
    const closed = new Promise((resolve) => server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    if (server !== null) await closed;
  }

  /** Forgets all sessions, and goes on listening. */
  forget(): void {
    this.#sessions = new Map();
  }

  /** Breaks the connections that are there, and goes on. */
  breakConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = request.method === "POST" ? ((await bodyOf(request)) as JSONRPCMessage) : null;
    const rpc = body !== null && "method" in body ? body.method : null;
    this.received.push({ method: request.method ?? "", rpc, headers: request.headers });
    const name = `${request.method} ${rpc ?? ""}`.trim();
    this.open.add(name);
    response.once("close", () => this.open.delete(name));
    if (this.#manner.before?.(request, response) === true) return;
    const session = request.headers["mcp-session-id"];
    if (typeof session === "string") {
      const known = this.#sessions.get(session);
      if (known !== undefined) return known.handleRequest(request, response, body);
      response.writeHead(404).end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
      return;
    }
    const sessions = this.#sessions;
    const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      enableJsonResponse: this.#manner.json === true,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
      ...(this.#manner.resumable === true ? { eventStore: new Events(), retryInterval: 10 } : {}),
    });
    await makeSampleServer(this.#manner.evidence ?? null).connect(transport);
    await transport.handleRequest(request, response, body);
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString());
}

/** What was sent, in memory, so that a stream can be taken up again. */
class Events implements EventStore {
  readonly #events: { readonly id: string; readonly stream: string; readonly message: JSONRPCMessage }[] = [];

  async storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = `${this.#events.length}`;
    this.#events.push({ id, stream, message });
    return id;
  }

  async getStreamIdForEventId(id: string): Promise<string | undefined> {
    return this.#events[Number(id)]?.stream;
  }

  async replayEventsAfter(last: string, { send }: { send: (id: string, message: JSONRPCMessage) => Promise<void> }): Promise<string> {
    const stream = this.#events[Number(last)]?.stream ?? "";
    for (const event of this.#events.slice(Number(last) + 1))
      if (event.stream === stream && Object.keys(event.message).length > 0) await send(event.id, event.message);
    return stream;
  }
}
