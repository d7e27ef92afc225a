import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Json } from "../../base/json.ts";
import type { ToolServerConnection } from "../../model/tool-server.ts";
import type { ServerTool, ServerToolAnswer, ServerToolCall } from "../../runtime/tool-server-port.ts";
import { withoutSecrets } from "./confidential.ts";
import { bare, secretsOf, serverError, statusOf } from "./connect-problem.ts";
import { ANSWER_LOST } from "./http-transport.ts";
import type { ClientSdk } from "./sdk.ts";
import type { ServerTransport } from "./server-transport.ts";
import { IDEMPOTENCY_KEY } from "../idempotency-key.ts";
import { answerOf } from "./tool-result.ts";

/** The package ends every request after a minute of its own accord; here limits are the tool's, and come as a signal. */
const NO_LIMIT_MS = 2_147_483_647;
const MOST_PAGES = 1_000;
/** The package's code for a request that it gave up. */
const REQUEST_TIMEOUT: number = -32_001;

/** What a live connection is made of. */
export interface ConnectionParts {
  readonly client: Client;
  readonly transport: ServerTransport;
  readonly connection: ToolServerConnection;
  readonly sdk: ClientSdk;
}

/** What came of a call: an answer, or the news that it was never made, because the session it belongs to is gone. */
export type CallOutcome = ServerToolAnswer | "session-lost";

/** One connection to a server, from its greeting to its end. */
export class Connection {
  readonly #parts: ConnectionParts;
  #isLost = false;
  #busy = 0;
  #tools: readonly ServerTool[] | null = null;
  #listing: Promise<readonly ServerTool[]> | null = null;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { client, transport, sdk } = parts;
    client.onclose = () => {
      this.#isLost = true;
    };
    client.setNotificationHandler(sdk.types.ToolListChangedNotificationSchema, () => {
      this.#tools = null;
      this.#listing = null;
    });
    transport.isIdle = true;
  }

  /** Whether it can no longer be used. */
  get isLost(): boolean {
    return this.#isLost || this.transport.ending !== null;
  }

  get transport(): ServerTransport {
    return this.#parts.transport;
  }

  /** The tools the server has: as they were said last, unless it has said since that they have changed. */
  async list(): Promise<readonly ServerTool[]> {
    if (this.#tools !== null) return this.#tools;
    if (this.#listing === null) {
      const listing = this.#busyWith(this.#readTools());
      this.#listing = listing;
      listing.then(
        (tools) => {
          if (this.#listing === listing) this.#tools = tools; // not changed meanwhile
        },
        () => {
          if (this.#listing === listing) this.#listing = null; // who waits for it is told; the next one asks again
        },
      );
    }
    return this.#listing;
  }

  /** Calls a tool. Everything that may become of it is an answer. */
  async call(call: ServerToolCall): Promise<CallOutcome> {
    const { client, sdk } = this.#parts;
    const { tool, signal, onProgress } = call;
    const abort = new AbortController(); // the package never takes its listener off the signal it is given
    const callOff = (): void => abort.abort(signal.reason);
    signal.addEventListener("abort", callOff, { once: true });
    if (signal.aborted) callOff();
    try {
      const params = { name: tool, arguments: argumentsOf(call.input), _meta: { [IDEMPOTENCY_KEY]: call.idempotencyKey } };
      const request = { method: "tools/call" as const, params };
      const result = await this.#busyWith(
        client.request(request, sdk.types.CallToolResultSchema, {
          signal: abort.signal,
          timeout: NO_LIMIT_MS,
          ...(onProgress === null ? {} : { onprogress: ({ progress, total, message }) => onProgress(plain({ progress, total, message })) }),
        }),
      );
      return answerOf(result, tool, (text) => this.#withoutSecrets(text));
    } catch (error) {
      return await this.#outcomeOf(call, error);
    } finally {
      signal.removeEventListener("abort", callOff);
    }
  }

  async #readTools(): Promise<readonly ServerTool[]> {
    const { client } = this.#parts;
    if (client.getServerCapabilities()?.tools === undefined) return [];
    const tools = new Map<string, ServerTool>();
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.#readPage(cursor);
      for (const { name, title, description, inputSchema } of page.tools)
        if (!tools.has(name)) tools.set(name, { name, description: description ?? title ?? name, inputSchema: inputSchema as Json });
      cursor = page.nextCursor;
      if (cursor !== undefined && (seen.has(cursor) || seen.size === MOST_PAGES))
        throw serverError({ message: `${this.#called} lists its tools without end.`, retryable: false });
      if (cursor !== undefined) seen.add(cursor);
    } while (cursor !== undefined);
    return [...tools.values()];
  }

  async #readPage(cursor: string | undefined) {
    const { client, sdk, connection } = this.#parts;
    const request = { method: "tools/list" as const, params: cursor === undefined ? {} : { cursor } };
    const timeout = connection.connectTimeoutMs;
    try {
      return await client.request(request, sdk.types.ListToolsResultSchema, { timeout });
    } catch (error) {
      if (this.#isGone(error))
        throw serverError({ message: `${this.#called} ${await this.#ending()} while it listed its tools.`, retryable: true });
      const isLate = error instanceof sdk.types.McpError && error.code === REQUEST_TIMEOUT;
      const why = isLate ? `within ${timeout} ms` : `: ${this.#withoutSecrets(bare(error))}`;
      throw serverError({ message: `${this.#called} did not list its tools ${why}${this.#parts.transport.aside}.`, retryable: isLate });
    }
  }

  async #outcomeOf({ tool, signal }: ServerToolCall, error: unknown): Promise<CallOutcome> {
    const { sdk } = this.#parts;
    if (signal.aborted) return calledOff(tool);
    if (isSessionLost(error)) {
      this.#isLost = true;
      return "session-lost";
    }
    if (this.#isGone(error)) {
      const message = `${this.#called} ${await this.#ending()} while its tool ${tool} was running.`;
      return { ok: false, code: "tool_server_failed", message, retryable: true };
    }
    const said = this.#withoutSecrets(bare(error));
    if (error instanceof sdk.types.McpError) return { ok: false, code: "tool_failed", message: said, retryable: false };
    const status = statusOf(error);
    if (status !== null) {
      const message = `${this.#called} answers the call of ${tool} with HTTP ${status}.`;
      return { ok: false, code: "tool_server_failed", message, retryable: status >= 500 || status === 429 };
    }
    const message = `${this.#called} answers the call of ${tool} with something that is no result: ${said.slice(0, 300)}`;
    return { ok: false, code: "tool_server_failed", message, retryable: false };
  }

  /** Whether the connection, or the answer alone, is gone. What cannot be sent any more has lost it too. */
  #isGone(error: unknown): boolean {
    if (this.isLost) return true;
    if (error instanceof this.#parts.sdk.types.McpError) return error.data === ANSWER_LOST;
    const cannotBeSent = error instanceof TypeError || (error instanceof Error && "syscall" in error);
    if (cannotBeSent) this.#isLost = true;
    return cannotBeSent;
  }

  /** How it ended. A server that no longer listens is ended altogether, and then its exit code is known. */
  async #ending(): Promise<string> {
    const { transport, connection } = this.#parts;
    if (this.#isLost && connection.kind === "stdio") await transport.close();
    return transport.ending ?? "closed the connection";
  }

  get #called(): string {
    return `The tool server "${this.#parts.connection.name}"`;
  }

  #withoutSecrets(text: string): string {
    return withoutSecrets(text, secretsOf(this.#parts.connection));
  }

  async #busyWith<T>(work: Promise<T>): Promise<T> {
    const { transport } = this.#parts;
    this.#busy += 1;
    transport.isIdle = false;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
      transport.isIdle = this.#busy === 0;
    }
  }
}

/** What becomes of a call that nobody waits for any more; why that is, whoever called it off knows. */
export function calledOff(tool: string): ServerToolAnswer {
  return { ok: false, code: "timeout", message: `The call of ${tool} was called off.`, retryable: true };
}

/** A session that the server no longer knows: nothing was done, and a new one may be begun. */
function isSessionLost(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Arguments are an object in this protocol; a model that gives none means an empty one. */
function argumentsOf(input: unknown): Record<string, unknown> {
  return (input ?? {}) as Record<string, unknown>;
}

/** Without what is undefined. */
function plain(value: Readonly<Record<string, Json | undefined>>): Json {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Json;
}
