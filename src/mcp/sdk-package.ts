import type { OptionalPackage } from "../agents/load-package.ts";

/** The package that speaks the protocol. */
export const MCP_SDK: OptionalPackage = { name: "@modelcontextprotocol/sdk", range: "^1.32.0" };
