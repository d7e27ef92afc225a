import { FlujoError } from "../base/errors.ts";
import type { ToolServerPort } from "../runtime/tool-server-port.ts";
import type { FlujoOptions } from "./options.ts";

/** The way to tool servers, loaded with the first that is used: a run without them loads nothing of it. */
export function lazyToolServerPort(_options: FlujoOptions): ToolServerPort {
  const missing = async (): Promise<never> => {
    throw new FlujoError("tool_server_failed", "Tool servers cannot be reached yet.");
  };
  return { list: missing, call: missing, close: async () => undefined };
}
