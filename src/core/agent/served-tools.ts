import type { Json } from "../../base/json.ts";
import type { Failure } from "../../model/failure.ts";
import type { ToolServerSpec, ToolSpec } from "../../model/node.ts";
import type { InstancePath } from "../../model/path.ts";
import type { Program } from "../program.ts";
import { perform } from "../program.ts";
import type { Conversation } from "./conversation.ts";
import { question } from "./conversation.ts";

/** A tool that a server offers now. */
export interface ServedTool {
  readonly server: string;
  /** The server's own name of it. */
  readonly tool: string;
  readonly description: string;
  readonly inputSchema: Json;
}

/** What a model calls a server's tool: providers take 1 to 64 letters, digits, `_` and `-`, and the protocol more than that. */
export function servedName(prefix: string, tool: string): string {
  return (prefix + tool).replace(/[^A-Za-z0-9_-]/g, "_").slice(0, 64);
}

/** The answer to a `tools` decision: what the servers offer, or null where that is what was known before. */
export type Served = { readonly hash: string; readonly tools: readonly ServedTool[] } | null;

/** Asks the agent's tool servers what they offer now. Once a turn: lists change, and a resume must see the same. */
export function* listServedTools(conversation: Conversation, key: InstancePath): Program<Failure | null> {
  const { frame, tally, served } = conversation;
  if (frame.node.servers.length === 0) return null;
  const asked = yield* perform(question(frame, { about: "tools", value: served?.hash ?? null, below: key }));
  tally.count(asked);
  if (asked.outcome.status === "failed") return asked.outcome.failure;
  const answer = asked.outcome.value as Served;
  if (answer === null) return null;
  const servers = new Map(frame.node.servers.map((server) => [server.name, server]));
  conversation.served = { hash: answer.hash, tools: answer.tools.flatMap((tool) => specOf(tool, servers.get(tool.server))) };
  return null;
}

function specOf({ server: name, tool, description, inputSchema }: ServedTool, server: ToolServerSpec | undefined): readonly ToolSpec[] {
  if (server === undefined) return [];
  const rules = server.allow === null ? server.rules : server.allow[tool];
  if (rules === undefined) return [];
  const runner = { kind: "server", server: name, tool } as const;
  const { fingerprint, prefix } = server;
  return [{ ...rules, name: servedName(prefix, tool), description, inputSchema, retry: null, runner, fingerprint }];
}
