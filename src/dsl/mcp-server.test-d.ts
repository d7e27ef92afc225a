import { expectTypeOf } from "vitest";
import type { McpServer } from "./mcp-server.ts";
import { mcpServer } from "./mcp-server.ts";

const listed = mcpServer({ name: "files", command: "x", tools: ["read", "write"] });
expectTypeOf(listed).toEqualTypeOf<McpServer<"files", "read" | "write">>();

const ruled = mcpServer({ name: "git", url: "https://example.com", tools: { push: { needsApproval: true }, log: {} } });
expectTypeOf(ruled).toEqualTypeOf<McpServer<"git", "push" | "log">>();

const open = mcpServer({ name: "open", command: "x" });
expectTypeOf(open).toEqualTypeOf<McpServer<"open", string>>();

const any: readonly McpServer[] = [listed, ruled, open];
expectTypeOf(any).toEqualTypeOf<readonly McpServer[]>();

mcpServer({
  name: "asks",
  command: "x",
  needsApproval: (args) => {
    expectTypeOf(args).toEqualTypeOf<Readonly<Record<string, unknown>>>();
    return args["amount"] !== 0;
  },
});

// @ts-expect-error a server is started or reached, not both
mcpServer({ name: "both", command: "x", url: "https://example.com" });

// @ts-expect-error neither a command nor an address
mcpServer({ name: "none" });

// @ts-expect-error there is no such rule
mcpServer({ name: "rule", command: "x", tools: { push: { approve: true } } });
