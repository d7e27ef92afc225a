import { loadPackage } from "../../agents/load-package.ts";
import { MCP_SDK } from "../sdk-package.ts";

/** What the client needs of it, loaded when the first server is connected to. */
export async function loadClientSdk() {
  return loadPackage(MCP_SDK, async () => {
    const [client, types, stdio] = await Promise.all([
      import("@modelcontextprotocol/sdk/client/index.js"),
      import("@modelcontextprotocol/sdk/types.js"),
      import("@modelcontextprotocol/sdk/shared/stdio.js"),
    ]);
    return { Client: client.Client, deserializeMessage: stdio.deserializeMessage, types };
  });
}

/** The parts of it that {@link loadClientSdk} loads. */
export type ClientSdk = Awaited<ReturnType<typeof loadClientSdk>>;

/** The way to a server over HTTP, which not everybody needs. */
export async function loadHttpTransport() {
  return loadPackage(MCP_SDK, async () => {
    const { StreamableHTTPClientTransport, StreamableHTTPError } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    return { StreamableHTTPClientTransport, StreamableHTTPError };
  });
}

/** The parts of it that {@link loadHttpTransport} loads. */
export type HttpSdk = Awaited<ReturnType<typeof loadHttpTransport>>;
