import { loadPackage } from "../../agents/load-package.ts";
import { MCP_SDK } from "../sdk-package.ts";

/** What serving needs of the package, loaded when something is served. */
export async function loadServerSdk() {
  return loadPackage(MCP_SDK, async () => {
    const [server, types] = await Promise.all([
      import("@modelcontextprotocol/sdk/server/index.js"),
      import("@modelcontextprotocol/sdk/types.js"),
    ]);
    return { Server: server.Server, types };
  });
}

/** Serving over stdin and stdout. */
export async function loadStdioServer() {
  return loadPackage(MCP_SDK, async () => (await import("@modelcontextprotocol/sdk/server/stdio.js")).StdioServerTransport);
}

/** Serving over HTTP. */
export async function loadHttpServer() {
  return loadPackage(
    MCP_SDK,
    async () => (await import("@modelcontextprotocol/sdk/server/streamableHttp.js")).StreamableHTTPServerTransport,
  );
}

/** The parts of it that {@link loadServerSdk} loads. */
export type ServerSdk = Awaited<ReturnType<typeof loadServerSdk>>;
