import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { FlujoError, messageOf } from "../../base/errors.ts";
import { didYouMean } from "../../base/near-names.ts";
import { IDEMPOTENCY_KEY } from "../idempotency-key.ts";
import type { RunReport, RunsPort } from "./runs-port.ts";
import type { ServerSdk } from "./sdk.ts";
import type { ServedTool } from "./tools.ts";
import { REPORT_SCHEMA, toolsOf } from "./tools.ts";

const INSTRUCTIONS =
  "Each NAME_start tool starts a durable run of one program. A run that is not done yet goes on by itself: ask run_status with its runId. A run that waits for a person is answered with run_answer.";

/** A server of the protocol for one client, over whatever transport it is connected to. The runs are shared by all of them. */
export function makeProtocolServer(sdk: ServerSdk, runs: RunsPort, version: string): Server {
  const tools = new Map(toolsOf(runs).map((tool) => [tool.name, tool]));
  const server = new sdk.Server({ name: "flujo", version }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
  server.setRequestHandler(sdk.types.ListToolsRequestSchema, () => ({
    tools: [...tools.values()].map(({ name, title, description, inputSchema, annotations }) => ({
      name,
      title,
      description,
      inputSchema,
      outputSchema: REPORT_SCHEMA,
      annotations,
    })),
  }));
  server.setRequestHandler(sdk.types.CallToolRequestSchema, async ({ params }) => {
    const { name, arguments: args = {}, _meta } = params;
    const tool = tools.get(name);
    if (tool === undefined) return failed(unknownTool(name, [...tools.keys()]));
    const key: unknown = _meta?.[IDEMPOTENCY_KEY];
    try {
      return told(tool, await tool.run({ args, key: typeof key === "string" ? key : null }));
    } catch (error) {
      return failed(error);
    }
  });
  return server;
}

function unknownTool(name: string, known: readonly string[]): FlujoError {
  return new FlujoError("usage_invalid", `There is no tool "${name}".${didYouMean(name, known)}`, {
    remedy: `Those there are: ${known.join(", ")}.`,
  });
}

function told(tool: ServedTool, report: RunReport): CallToolResult {
  const isError = tool.tellsFailures && report.status === "failed";
  const said =
    isError && report.failure !== undefined
      ? `${report.failure.message} ${report.failure.remedy} [${report.failure.code}]`
      : JSON.stringify(report);
  return { content: [{ type: "text", text: said }], structuredContent: { ...report }, ...(isError ? { isError } : {}) };
}

/** What keeps a run from being started, found or gone on with. */
function failed(error: unknown): CallToolResult {
  const text = FlujoError.is(error) ? error.message : `Something unexpected happened: ${messageOf(error)}`;
  return { content: [{ type: "text", text }], isError: true };
}
