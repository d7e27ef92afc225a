import { fingerprintOf } from "../../base/hash.ts";
import { FlujoError } from "../../base/errors.ts";
import { canonicalJson } from "../../base/json.ts";
import { didYouMean } from "../../base/near-names.ts";
import { checkWith } from "../../base/schema.ts";
import { recallFrom, summaryItem } from "../../core/agent/recall-from.ts";
import type { Served, ServedTool } from "../../core/agent/served-tools.ts";
import { servedName } from "../../core/agent/served-tools.ts";
import type { DecideOp } from "../../core/program.ts";
import type { Recorded } from "../../model/entry.ts";
import type { HistoryPolicy } from "../../model/history-policy.ts";
import type { TranscriptItem } from "../../model/transcript.ts";
import type { BoundAgent, BoundServer } from "../../plan/bindings.ts";
import type { DecisionContext } from "../../plan/definition.ts";
import type { ThreadPort } from "../thread-port.ts";
import type { ServerTool, ToolServerPort } from "../tool-server-port.ts";
import { userItemOf } from "./model.ts";
import { processOutput, processPrompt } from "./agent-processors.ts";
import { misfitOutcome } from "./outcomes.ts";
import { earlierIn } from "./thread.ts";

/** What the questions of agents are answered with. */
export interface AgentQuestion {
  readonly op: DecideOp;
  readonly agent: BoundAgent;
  readonly about: DecisionContext;
  readonly runId: string;
  /** The conversation the run is part of, or null. */
  readonly thread: string | null;
  readonly threads: ThreadPort;
  readonly toolServers: ToolServerPort;
  readonly atMs: number;
  readonly signal: AbortSignal;
}

/** Answers what an agent asks outside of its model and its tools. What is thrown is for the caller to put in words. */
export async function decideForAgent(question: AgentQuestion): Promise<Recorded> {
  switch (question.op.about) {
    case "instructions":
      return decideInstructions(question);
    case "tools":
      return listTools(question);
    case "arguments":
      return checkArguments(question);
    case "approval":
      return { status: "succeeded", value: await decideApproval(question) };
    case "history":
      return recall(question);
    case "remember":
      return remember(question);
    case "asked":
      return { status: "succeeded", value: await askedOf(question, question.op.value as Asked) };
    case "prompt":
      return processPrompt(question);
    case "processed":
      return processOutput(question);
    default:
      throw new FlujoError("pipeline_invalid", `${question.op.key} is not a question of an agent.`);
  }
}

async function decideInstructions({ op, agent, about }: AgentQuestion): Promise<Recorded> {
  let input: unknown = op.value;
  if (agent.input !== null) {
    const checked = await checkWith(agent.input, op.value);
    if (!checked.ok) return misfitOutcome(op.key, checked.issues, { code: "input_invalid", what: "the agent's input", retryable: false });
    input = checked.value;
  }
  const said = await agent.instructions?.(input, about);
  if (typeof said === "string") return { status: "succeeded", value: said };
  throw new TypeError(`it returned ${said === null ? "null" : typeof said}, not a text`);
}

interface Call {
  readonly tool: string;
  readonly input: unknown;
  /** Where the tool is a server's: which, and the server's own name of it. */
  readonly served?: { readonly server: string; readonly tool: string };
}

/** The arguments of a server's tool are the server's to check. */
async function checkArguments({ op, agent }: AgentQuestion): Promise<Recorded> {
  const { tool, input } = op.value as Call;
  const schema = agent.tools.get(tool)?.input;
  if (schema === undefined) return { status: "succeeded", value: input };
  const checked = await checkWith(schema, input);
  if (checked.ok) return { status: "succeeded", value: checked.value };
  return misfitOutcome(op.key, checked.issues, { code: "input_invalid", what: "the input", retryable: false });
}

async function decideApproval({ op, agent, about }: AgentQuestion): Promise<unknown> {
  const { tool, input, served } = op.value as Call;
  const approvals = served === undefined ? undefined : agent.servers.get(served.server)?.approvals;
  const decide = served === undefined ? agent.tools.get(tool)?.needsApproval : (approvals?.get(served.tool) ?? approvals?.get("*"));
  return typeof decide !== "function" || decide(input, about);
}

async function listTools({ op, agent, toolServers, signal }: AgentQuestion): Promise<Recorded<Served>> {
  const listing = [...agent.servers].map(async ([name, server]) => {
    const offered = await toolServers.list(server.connection, signal);
    if (op.value === null) refuseMisspelt(op, { name, allow: server.allow }, offered);
    return offered
      .filter((tool) => server.allow?.includes(tool.name) !== false)
      .map((tool): ServedTool => {
        const { description, inputSchema } = tool;
        return { server: name, tool: tool.name, description, inputSchema };
      });
  });
  const tools = (await Promise.all(listing)).flat();
  refuseCollisions(op, agent, tools);
  const hash = fingerprintOf(canonicalJson(tools));
  return { status: "succeeded", value: hash === op.value ? null : { hash, tools } };
}

/** At the agent's beginning alone: a tool that goes away later is not the author's mistake. */
function refuseMisspelt(
  op: DecideOp,
  { name, allow }: { readonly name: string; readonly allow: readonly string[] | null },
  offered: readonly ServerTool[],
): void {
  const there = offered.map((tool) => tool.name);
  const missing = allow?.find((tool) => !there.includes(tool));
  if (missing === undefined) return;
  const near = didYouMean(missing, there);
  throw new FlujoError("tool_server_failed", `${op.name}: the server "${name}" has no tool "${missing}".${near}`, {
    remedy: `Those it has: ${there.slice(0, 20).join(", ")}${there.length > 20 ? ", …" : ""}.`,
  });
}

function refuseCollisions(op: DecideOp, agent: BoundAgent, tools: readonly ServedTool[]): void {
  const taken = new Map<string, string>([...agent.tools.keys()].map((name) => [name, "one of its own tools"]));
  for (const { server, tool } of tools) {
    const name = servedName((agent.servers.get(server) as BoundServer).prefix, tool);
    const other = taken.get(name);
    if (other !== undefined)
      throw new FlujoError("pipeline_invalid", `${op.name}: the server "${server}" offers a tool "${name}", and so is called ${other}.`, {
        remedy: "Give the server a `prefix`, or leave the tool out of its `tools`.",
      });
    taken.set(name, `one of the server "${server}"`);
  }
}

async function recall({ op, thread, threads }: AgentQuestion): Promise<Recorded> {
  if (thread === null) return { status: "succeeded", value: { items: [], tooLong: null } };
  const reading = threads.readThread(thread);
  const earlier = earlierIn(reading instanceof Promise ? await reading : reading);
  return { status: "succeeded", value: recallFrom(earlier, op.value as HistoryPolicy) };
}

interface Asked {
  readonly input: unknown;
  readonly prompt?: string;
}

async function askedOf({ agent }: AgentQuestion, { input: given, prompt }: Asked): Promise<TranscriptItem> {
  const checked = agent.input === null ? null : await checkWith(agent.input, given);
  const input = checked?.ok === true ? checked.value : given; // it has been checked before its model was asked
  return userItemOf(input, prompt);
}

type ToRemember = { readonly summary: string; readonly exchanges: number } | (Asked & { readonly transcript: readonly TranscriptItem[] });

async function remember(question: AgentQuestion): Promise<Recorded> {
  const { op, thread, threads, runId, atMs } = question;
  if (thread === null) return { status: "succeeded", value: null };
  const what = op.value as ToRemember;
  const place = { thread, runId, key: op.key, atMs };
  if ("summary" in what) {
    await threads.appendToThread({ ...place, items: [summaryItem(what.summary)], summaryOf: what.exchanges });
    return { status: "succeeded", value: null };
  }
  await threads.appendToThread({ ...place, items: [await askedOf(question, what), ...what.transcript] });
  return { status: "succeeded", value: null };
}
