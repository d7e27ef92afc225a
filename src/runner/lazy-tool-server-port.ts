import type { ToolServerPort } from "../runtime/tool-server-port.ts";

/** The way to tool servers, loaded with the first that is used: a run without them loads nothing of it. */
export function lazyToolServerPort(): ToolServerPort {
  let port: Promise<ToolServerPort> | null = null;
  const load = (): Promise<ToolServerPort> => {
    port ??= import("../mcp/client/tool-server-port.ts").then(({ createToolServerPort }) => createToolServerPort());
    return port;
  };
  return {
    list: async (server, signal) => (await load()).list(server, signal),
    call: async (server, call) => (await load()).call(server, call),
    close: async () => (await port)?.close(),
  };
}
