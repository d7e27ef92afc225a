import type { Json } from "../base/json.ts";
import type { FlujoFile } from "../model/flujo-file.ts";

/** A tool as its server describes it. */
export interface ServerTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Json;
}

/** One call of a server's tool. */
export interface ServerToolCall {
  readonly tool: string;
  readonly input: unknown;
  /** The same for every attempt at this call, also after a crash: a server that looks at it can tell a repetition. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  /** Told what the server reports of its progress; null where nobody listens. */
  readonly onProgress: ((value: Json) => void) | null;
}

/** What came of it. A tool's own failure is an answer for the model; a dead server, a timeout is not. */
export type ServerToolAnswer =
  | { readonly ok: true; readonly value: Json; readonly files: readonly FlujoFile[] }
  | {
      readonly ok: false;
      readonly code: "tool_failed" | "tool_server_failed" | "timeout";
      readonly message: string;
      readonly retryable: boolean;
    };

/** The way to tool servers. `mcp/` is behind it; the runtime knows no protocol. */
export interface ToolServerPort {
  /**
   * The tools of a server, as they are now; at once where it is connected and its list has not changed. Connects, and
   * reconnects, on its own.
   *
   * @param server - What the author gave (`mcpServer()`); only `mcp/` looks inside.
   * @throws {FlujoError} `tool_server_failed` (cannot be started or reached, died, timed out), `package_missing`, `offline`.
   */
  list(server: object, signal: AbortSignal): Promise<readonly ServerTool[]>;
  /** @throws {FlujoError} `package_missing`, `offline`; everything else is an answer. */
  call(server: object, call: ServerToolCall): Promise<ServerToolAnswer>;
  /** Ends all connections and the servers that were started. */
  close(): Promise<void>;
}
