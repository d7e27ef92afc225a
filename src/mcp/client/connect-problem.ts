import { existsSync } from "node:fs";
import { FlujoError, messageOf } from "../../base/errors.ts";
import type { ToolServerConnection } from "../../model/tool-server.ts";
import { lastWords, withoutSecrets } from "./confidential.ts";

/** Why a server cannot be used, and whether trying again may help. */
export interface ServerProblem {
  readonly message: string;
  readonly retryable: boolean;
  readonly remedy?: string;
  /** It was waited for long enough: waiting once more right away is not worth it. */
  readonly isLate?: boolean;
}

/** What {@link connectProblem} is given where the time to connect was up. */
export const TIMED_OUT = Symbol("timed out");

/** As an exception: what `list` throws. */
export function serverError({ message, remedy, retryable, isLate = false }: ServerProblem): FlujoError<"tool_server_failed"> {
  return new FlujoError("tool_server_failed", message, { details: { retryable, isLate }, ...(remedy === undefined ? {} : { remedy }) });
}

/** What may not stand in a message about this server. */
export function secretsOf(connection: ToolServerConnection): Readonly<Record<string, string>> {
  return connection.kind === "stdio" ? connection.env : connection.headers;
}

/** Why the first contact with a server failed. */
export function connectProblem(
  connection: ToolServerConnection,
  error: unknown,
  { ending, aside }: { readonly ending: string | null; readonly aside: string },
): ServerProblem {
  const called = `The tool server "${connection.name}"`;
  if (error === TIMED_OUT) {
    const remedy = "Give it more time with `connectTimeoutMs`, or see why it is slow.";
    const message = `${called} did not answer within ${connection.connectTimeoutMs} ms${aside}.`;
    return { message, retryable: true, isLate: true, remedy };
  }
  const code = systemCode(error);
  if (connection.kind === "stdio") {
    const { command, cwd } = connection;
    if (code === "ENOENT" && cwd !== null && !existsSync(cwd))
      return { message: `${called} cannot be started in ${cwd}: there is no such folder.`, retryable: false, remedy: "Check its `cwd`." };
    if (code === "ENOENT") {
      const remedy = "Check its `command`: the program must be installed, and on the PATH where it has no folder.";
      return { message: `${called} cannot be started: there is no program ${command}.`, retryable: false, remedy };
    }
    if (code !== null) return { message: `${called} cannot be started: ${command}: ${code}.`, retryable: code === "EAGAIN" };
    if (ending !== null) return { message: `${called} ${ending} before it could be used.`, retryable: true };
  } else {
    const status = statusOf(error);
    if (status === 401 || status === 403) {
      const remedy = "Check the `headers` it is called with.";
      return { message: `${called} at ${placeOf(connection.url)} refuses us: HTTP ${status}.`, retryable: false, remedy };
    }
    if (status !== null)
      return { message: `${called} at ${placeOf(connection.url)} answers HTTP ${status}.`, retryable: status >= 500 || status === 429 };
    if (code !== null) return { message: `${called} cannot be reached at ${placeOf(connection.url)}: ${code}.`, retryable: true };
  }
  const said = lastWords(withoutSecrets(bare(error), secretsOf(connection)), 300).replace(/\.$/, "");
  const isOther = said.startsWith("Unexpected content type"); // something else lives there, and will again
  return { message: `${called} cannot be used: ${said}${aside}.`, retryable: !isOther };
}

/** What failed, in the words of the error, without the package's own prefix. */
export function bare(error: unknown): string {
  return messageOf(error).replace(/^(?:MCP error -?\d+|Streamable HTTP error): /, "");
}

/** Host, port and path: a query may hold a key. */
function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/** The HTTP status the package failed with. */
export function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !error.message.startsWith("Streamable HTTP error") || !("code" in error)) return null;
  return typeof error.code === "number" && error.code >= 400 ? error.code : null;
}

/** What the operating system calls it, of an error or the error behind it. */
function systemCode(error: unknown): string | null {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ("code" in at && typeof at.code === "string" && /^[A-Z][A-Z_0-9]+$/.test(at.code)) return at.code;
  return null;
}
