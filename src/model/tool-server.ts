/** A server that is started as a process and spoken to over its stdin and stdout. */
export interface StdioConnection {
  readonly kind: "stdio";
  /** What its author calls it; for messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** What it gets beside `PATH`, `HOME` and the like. May hold secrets: never in a plan, a journal or a message. */
  readonly env: Readonly<Record<string, string>>;
  /** Null for the folder that the process is in. */
  readonly cwd: string | null;
  /** Milliseconds until it must have answered for the first time. */
  readonly connectTimeoutMs: number;
}

/** A server that is reached over HTTP. */
export interface HttpConnection {
  readonly kind: "http";
  readonly name: string;
  readonly url: string;
  /** Sent with every request. May hold secrets: never in a plan, a journal or a message. */
  readonly headers: Readonly<Record<string, string>>;
  readonly connectTimeoutMs: number;
}

/** Where a tool server is and how it is reached. */
export type ToolServerConnection = StdioConnection | HttpConnection;
