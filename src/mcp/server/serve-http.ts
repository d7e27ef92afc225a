import type { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { newInstanceId } from "../../base/system.ts";
import { makeProtocolServer } from "./protocol-server.ts";
import type { RunsPort } from "./runs-port.ts";
import type { ServerSdk } from "./sdk.ts";
import { loadHttpServer, loadServerSdk } from "./sdk.ts";
import type { Serving } from "./serve-stdio.ts";

const HOST = "127.0.0.1";
const PATH = "/mcp";
/** More clients than that are hardly there at once; those that have not said anything for longest are forgotten. */
const MOST_SESSIONS = 200;

/** Where, to whom, and what we call ourselves. */
export interface HttpServing {
  /** 0 for any that is free. */
  readonly port: number;
  /** What a client must show. */
  readonly token: string;
  readonly version: string;
}

/** Serving over HTTP, and where. */
export interface HttpServed extends Serving {
  readonly url: string;
}

/**
 * Serves runs to clients on this machine that know the token.
 *
 * @throws {FlujoError} `usage_invalid` where the port cannot be had.
 */
export async function serveHttp(runs: RunsPort, { port, token, version }: HttpServing): Promise<HttpServed> {
  const [sdk, Transport] = await Promise.all([loadServerSdk(), loadHttpServer()]);
  const sessions = new Sessions({ sdk, Transport, runs, version });
  const server = createServer((request, response) => {
    if (!isAdmitted(request, response, token)) return;
    sessions.answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `Something unexpected happened: ${messageOf(error)}`);
    });
  });
  const url = await listen(server, port);
  const ended = Promise.withResolvers<void>();
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    await sessions.close();
    server.closeAllConnections();
    await closed;
    ended.resolve();
  };
  return { url, ended: ended.promise, close };
}

async function listen(server: Server, port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, HOST, resolve);
  try {
    await promise;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === "EADDRINUSE" ? "somebody else listens there" : messageOf(cause);
    throw new FlujoError("usage_invalid", `Port ${port} of ${HOST} cannot be had: ${why}.`, {
      cause,
      remedy: "Give another port, or 0 for any that is free.",
    });
  }
  return `http://${HOST}:${(server.address() as AddressInfo).port}${PATH}`;
}

/** Whether the request may be answered; refuses it otherwise. A page in a browser of this machine must not reach us under another name. */
function isAdmitted(request: IncomingMessage, response: ServerResponse, token: string): boolean {
  const { host = "", origin, authorization = "" } = request.headers;
  if (!isLoopback(`http://${host}`) || (origin !== undefined && !isLoopback(origin)))
    return refuse(response, 403, "Only this machine may ask.");
  if (!isSame(authorization, `Bearer ${token}`)) {
    response.setHeader("www-authenticate", "Bearer");
    return refuse(response, 401, "The token is missing or wrong: send it as `Authorization: Bearer TOKEN`.");
  }
  if (new URL(request.url ?? "/", `http://${HOST}`).pathname !== PATH) return refuse(response, 404, `There is only ${PATH}.`);
  return true;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
}

/** Takes as long for a token that is nearly right as for any other. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function refuse(response: ServerResponse, status: number, message: string): false {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ jsonrpc: "2.0", error: { code: -32_000, message }, id: null }));
  return false;
}

interface SessionParts {
  readonly sdk: ServerSdk;
  readonly Transport: typeof StreamableHTTPServerTransport;
  readonly runs: RunsPort;
  readonly version: string;
}

/** One server of the protocol for every client; the one that was used last stands last. */
class Sessions {
  readonly #parts: SessionParts;
  readonly #sessions = new Map<string, StreamableHTTPServerTransport>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.headers["mcp-session-id"];
    if (typeof id !== "string") return this.#greet(request, response);
    const known = this.#sessions.get(id);
    if (known === undefined) {
      refuse(response, 404, "Session not found.");
      return;
    }
    this.#sessions.delete(id);
    this.#sessions.set(id, known);
    await known.handleRequest(request, response);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((transport) => transport.close()));
    this.#sessions.clear();
  }

  async #greet(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { sdk, Transport, runs, version } = this.#parts;
    const transport: StreamableHTTPServerTransport = new Transport({
      sessionIdGenerator: newInstanceId,
      onsessioninitialized: (id) => this.#remember(id, transport),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    });
    await makeProtocolServer(sdk, runs, version).connect(transport);
    await transport.handleRequest(request, response);
    if (transport.sessionId === undefined) await transport.close(); // it was no greeting, and has been refused
  }

  #remember(id: string, transport: StreamableHTTPServerTransport): void {
    this.#sessions.set(id, transport);
    for (const [oldest, session] of this.#sessions) {
      if (this.#sessions.size <= MOST_SESSIONS) return;
      this.#sessions.delete(oldest);
      session.close().catch((error: unknown) => process.emitWarning(`A session could not be ended: ${messageOf(error)}`, "FlujoWarning"));
    }
  }
}
