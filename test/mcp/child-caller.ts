import { mcpServer } from "../../src/dsl/mcp-server.ts";
import { createToolServerPort } from "../../src/mcp/client/tool-server-port.ts";

// A process that uses a server and never closes anything. Its argument is how the server is started, as JSON.
const { command, args, thenWaits } = JSON.parse(process.argv[2] ?? "{}") as {
  readonly command: string;
  readonly args: readonly string[];
  readonly thenWaits: boolean;
};
const port = createToolServerPort();
const { connection } = mcpServer({ name: "sample", command, args }).definition;
await port.list(connection, new AbortController().signal);
process.stdout.write("listed\n");
if (thenWaits) setInterval(() => undefined, 1_000);
