import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { loadPatientFetch } from "../../agents/patient-fetch.ts";
import type { Clock } from "../../base/clock.ts";
import type { ToolServerConnection } from "../../model/tool-server.ts";
import type { Environment } from "./child-environment.ts";
import { HttpTransport } from "./http-transport.ts";
import type { ClientSdk } from "./sdk.ts";
import { loadHttpTransport } from "./sdk.ts";
import { StdioTransport } from "./stdio-transport.ts";

/** A way to a server that can say what became of it. */
export interface ServerTransport extends Transport {
  /** How it ended, if it did of its own accord. */
  readonly ending: string | null;
  /** What it has said outside of the protocol, as the end of a sentence. */
  readonly aside: string;
  /** Whether nobody waits for it. */
  isIdle: boolean;
}

/** What a transport is made of, whatever its kind. */
export interface TransportParts {
  readonly connection: ToolServerConnection;
  readonly env: Environment;
  readonly clock: Clock;
  readonly sdk: ClientSdk;
}

/** A transport that has not started yet. */
export async function makeTransport({ connection, env, clock, sdk }: TransportParts): Promise<ServerTransport> {
  if (connection.kind === "stdio") return new StdioTransport({ connection, env, clock, deserialize: sdk.deserializeMessage });
  const [http, fetch] = await Promise.all([loadHttpTransport(), loadPatientFetch()]);
  return new HttpTransport({ connection, clock, fetch, sdk: http });
}
