import type { Clock } from "../../base/clock.ts";
import { FlujoError } from "../../base/errors.ts";
import type { ToolServerConnection } from "../../model/tool-server.ts";
import type { ServerTool, ServerToolAnswer, ServerToolCall } from "../../runtime/tool-server-port.ts";
import type { Environment } from "./child-environment.ts";
import { connectProblem, serverError, TIMED_OUT } from "./connect-problem.ts";
import { calledOff, Connection } from "./connection.ts";
import { loadClientSdk } from "./sdk.ts";
import type { ServerTransport } from "./server-transport.ts";
import { makeTransport } from "./server-transport.ts";
import { untilAborted } from "./until-aborted.ts";

const MOST_ATTEMPTS = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4_000;
/** The package's own limit for a request; how long connecting may take is looked after here. */
const NO_LIMIT_MS = 2_147_483_647;

/** What a link to a server is made of. */
export interface LinkParts {
  readonly connection: ToolServerConnection;
  readonly env: Environment;
  readonly clock: Clock;
}

/** One server, as all runs of a Flujo use it: connected to when it is first needed, and again when the connection is lost. */
export class ServerLink {
  readonly #parts: LinkParts;
  readonly #closing = new AbortController();
  /** Transports that are not over: closing the link waits for all of them. */
  readonly #transports = new Set<ServerTransport>();
  #current: Promise<Connection> | null = null;
  /** How often in a row no connection came about, or none that gave an answer. */
  #misses = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** @throws {FlujoError} `tool_server_failed`, `package_missing`, `flujo_closed`. */
  async list(): Promise<readonly ServerTool[]> {
    const connection = await this.#connected();
    const tools = await connection.list().catch(async (error: unknown) => {
      if (!connection.isLost) throw error;
      return (await this.#connected()).list(); // asking twice does no harm
    });
    this.#misses = 0;
    return tools;
  }

  /** @throws {FlujoError} `package_missing`, `flujo_closed`. */
  async call(call: ServerToolCall): Promise<ServerToolAnswer> {
    try {
      const connection = await untilAborted(this.#connected(), call.signal);
      const outcome = await connection.call(call);
      if (outcome !== "session-lost") return this.#noted(outcome);
      const next = await untilAborted(this.#connected(), call.signal);
      const again = await next.call(call); // the server has refused to do anything for the session it forgot
      return this.#noted(again === "session-lost" ? this.#forgetful() : again);
    } catch (error) {
      if (call.signal.aborted) return calledOff(call.tool);
      if (!FlujoError.is(error, "tool_server_failed")) throw error;
      return { ok: false, code: "tool_server_failed", message: error.summary, retryable: error.details["retryable"] === true };
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#transports].map((transport) => transport.close()));
  }

  #forgetful(): ServerToolAnswer {
    const message = `The tool server "${this.#parts.connection.name}" forgets its sessions as soon as they are begun (HTTP 404).`;
    return { ok: false, code: "tool_server_failed", message, retryable: true };
  }

  #noted(answer: ServerToolAnswer): ServerToolAnswer {
    if (answer.ok || answer.code === "tool_failed") this.#misses = 0;
    else if (answer.code === "tool_server_failed") this.#misses += 1;
    return answer;
  }

  /** The connection there is, or a new one. Whoever asks meanwhile waits for the same. */
  async #connected(): Promise<Connection> {
    for (;;) {
      this.#refuseClosed();
      this.#current ??= this.#connect();
      const asked = this.#current;
      const connection = await asked.catch((error: unknown) => {
        if (this.#current === asked) this.#current = null; // who waits for it is told; the next one tries again
        throw error;
      });
      if (!connection.isLost) return connection;
      if (this.#current === asked) this.#current = null;
      this.#end(connection.transport);
    }
  }

  async #connect(): Promise<Connection> {
    for (let attempt = 1; ; attempt++) {
      await this.#pause();
      try {
        return await this.#open();
      } catch (error) {
        this.#misses += 1;
        if (!isWorthAnother(error) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  /** Longer and longer, so that a server which cannot start is not started without end. */
  async #pause(): Promise<void> {
    if (this.#misses === 0) return;
    const { clock } = this.#parts;
    const { signal } = this.#closing;
    const { promise, resolve } = Promise.withResolvers<void>();
    const callOff = clock.after(Math.min(FIRST_DELAY_MS * 2 ** (this.#misses - 1), LONGEST_DELAY_MS), resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    callOff();
    this.#refuseClosed();
  }

  async #open(): Promise<Connection> {
    const { connection, env, clock } = this.#parts;
    const sdk = await loadClientSdk();
    const transport = await makeTransport({ connection, env, clock, sdk });
    this.#refuseClosed();
    this.#transports.add(transport);
    const client = new sdk.Client({ name: "flujo", version: "1" }, { capabilities: {} });
    const late = Promise.withResolvers<never>();
    const callOff = clock.after(connection.connectTimeoutMs, () => late.reject(TIMED_OUT));
    try {
      const connecting = client.connect(transport, { timeout: NO_LIMIT_MS });
      await untilAborted(Promise.race([connecting, late.promise]), this.#closing.signal);
    } catch (error) {
      const problem = connectProblem(connection, error, transport);
      this.#end(transport);
      this.#refuseClosed();
      throw serverError(problem);
    } finally {
      callOff();
    }
    return new Connection({ client, transport, connection, sdk });
  }

  /** Lets go of a transport; closing the link waits until it is over. */
  #end(transport: ServerTransport): void {
    const forget = (): void => void this.#transports.delete(transport);
    transport.close().then(forget, forget); // that it could not be ended properly is nothing to whoever could not use it
  }

  #refuseClosed(): void {
    if (this.#closing.signal.aborted) throw new FlujoError("flujo_closed", "This Flujo was closed.");
  }
}

function isWorthAnother(error: unknown): boolean {
  return FlujoError.is(error, "tool_server_failed") && error.details["retryable"] === true && error.details["isLate"] !== true;
}
