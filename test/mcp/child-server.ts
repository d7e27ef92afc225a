import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { makeSampleServer } from "./sample-server.ts";

// A server over stdio, as a process of its own. Its first argument says how it behaves, the second where it leaves evidence.
const [, , manner = "well", evidence] = process.argv;
const note = (line: string): void => {
  if (evidence !== undefined) appendFileSync(evidence, `${line}\n`);
};

note(`started ${process.pid}`);

function pagedServer(pageOf: (cursor: string | undefined) => { readonly names: readonly string[]; readonly nextCursor?: string }): Server {
  const server = new Server({ name: "paged", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
    const { names, ...rest } = pageOf(params?.cursor);
    return { tools: names.map((name) => ({ name, inputSchema: { type: "object" as const } })), ...rest };
  });
  return server;
}

switch (manner) {
  case "well":
    await makeSampleServer(evidence ?? null).connect(new StdioServerTransport());
    break;
  case "later": {
    // What the sample server has become when it is started again after an update.
    const server = makeSampleServer(evidence ?? null);
    server.registerTool("newer", {}, () => ({ content: [] }));
    await server.connect(new StdioServerTransport());
    break;
  }
  case "paged":
    await pagedServer((cursor) => {
      const page = cursor === undefined ? 0 : Number(cursor);
      const names = [`tool_${page}_a`, `tool_${page}_b`];
      return page === 2 ? { names } : { names, nextCursor: String(page + 1) };
    }).connect(new StdioServerTransport());
    break;
  case "endless":
    await pagedServer(() => ({ names: ["again"], nextCursor: "same" })).connect(new StdioServerTransport());
    break;
  case "toolless":
    await new Server({ name: "toolless", version: "1" }, { capabilities: {} }).connect(new StdioServerTransport());
    break;
  case "broken":
    throw new Error(`Set DATABASE_URL first; got ${process.env["API_TOKEN"]}.`);
  case "mute":
    process.stdin.resume();
    break;
  case "chatty":
    process.stdout.write("Listening on port 3000 …\n");
    process.stdin.resume();
    break;
  case "banner":
    process.stdout.write("Welcome!\n");
    await makeSampleServer(evidence ?? null).connect(new StdioServerTransport());
    break;
  case "stubborn": {
    // Ends neither with its stdin nor when it is asked to, and has started something that does not either.
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => note(signal));
    const inner = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)"], {
      stdio: "inherit",
    });
    note(`inner ${inner.pid}`);
    setInterval(() => undefined, 1_000);
    await makeSampleServer(evidence ?? null).connect(new StdioServerTransport());
    break;
  }
  default:
    throw new Error(`Nobody knows the manner ${manner}.`);
}
