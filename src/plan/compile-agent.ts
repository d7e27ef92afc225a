import { isPlainObject } from "../base/json.ts";
import type { Ending, EndingPolicy, Endings } from "../model/ending.ts";
import { DEFAULT_ENDINGS } from "../model/ending.ts";
import type { ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { AgentNode, ToolServerSpec, ToolSpec } from "../model/node.ts";
import { childNodePath } from "../model/path.ts";
import { APPROVAL_ANSWER } from "./approval-answer.ts";
import type { BoundServer, BoundTool } from "./bindings.ts";
import { checkedHistory } from "./check-history.ts";
import { checkSchema, checkText, checkedMaxTurns, checkedRetry, checkedTimeout } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode, noteSchema } from "./compilation.ts";
import { boundProcessors, processorCounts } from "./compile-processors.ts";
import { noteRetryWhen } from "./compile-policy.ts";
import { compileTool, toolCallsPath } from "./compile-tool.ts";
import type { AgentDefinition, ToolDefinition, ToolServerDefinition } from "./definition.ts";
import { describedSchema, fingerprintOfConfig, schemaMark, versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";
import { checkedSettings } from "./settings-checks.ts";

/** An agent with its tools. At the root its input is checked by the runner, and is not checked again. */
export function compileAgent(definition: AgentDefinition, place: Place, into: Compilation): AgentNode {
  const { path, segment, level, checkedWith } = place;
  const { name, input, output } = definition;
  checkName(path, "an agent", name);
  const { instructions } = definition;
  if (typeof instructions !== "string" && typeof instructions !== "function")
    throw invalid(
      path,
      `instructions is ${shown(instructions)}`,
      "Give the instructions as text, which may be empty, or as a function that returns text.",
    );
  checkSchema(path, "input", input);
  checkSchema(path, "output", output);
  const boundTools = new Map<string, BoundTool>();
  const tools = Object.freeze(toolList(path, definition.tools).map((tool) => compileTool(tool, { path, level, boundTools }, into)));
  const servers = Object.freeze(serverList(path, definition.servers).map(specOfServer));
  const asked = {
    model: modelLabel(path, definition.model),
    instructions: typeof instructions === "string" ? instructions : null,
    outputSchema: output === null ? null : describedSchema(output, `${path}, output`),
    providerTools: checkedProviderTools(path, definition.providerTools),
    toolChoice: checkedToolChoice(path, definition.toolChoice, servers.length > 0 ? null : tools),
    settings: checkedSettings(path, definition.settings),
    endings: checkedEndings(path, definition.endings),
    history: definition.history === null ? null : checkedHistory(path, definition.history),
    ...processorCounts(definition, path),
  };
  const bound = input === checkedWith ? null : input;
  noteSchema(into, `${path}:?input`, bound);
  noteSchema(into, `${path}:?output`, output);
  into.agents.set(
    path,
    Object.freeze({
      model: definition.model,
      instructions: typeof instructions === "function" ? instructions : null,
      promptProcessors: boundProcessors(into, `${path}:promptProcessor`, definition.promptProcessors),
      outputProcessors: boundProcessors(into, `${path}:outputProcessor`, definition.outputProcessors),
      input: bound,
      output,
      tools: boundTools,
      servers: boundServers(definition.servers),
    }),
  );
  noteRetryWhen(`${path}:call`, definition, into);
  if (typeof instructions === "function") noteCode(into, `${path}:instructions`, versionOfCode(instructions));
  for (const { name: server, approvals } of definition.servers)
    for (const [tool, decide] of approvals) noteCode(into, `${path}:${server}/${tool}:approval`, versionOfCode(decide));
  if (tools.some(({ approval }) => approval !== "never") || servers.some(mayAsk))
    into.answers.set(childNodePath(toolCallsPath(path), "approval"), APPROVAL_ANSWER);
  const prints = [...tools, ...servers].map(({ fingerprint }) => fingerprint);
  const fingerprint = fingerprintOfConfig({ kind: "agent", name, ...asked, input: schemaMark(input, path), tools: prints });
  const maxTurns = checkedMaxTurns(path, definition.maxTurns);
  const retry = checkedRetry(path, definition.retry);
  const timeoutMs = checkedTimeout(path, definition.timeoutMs);
  return Object.freeze({ kind: "agent", name, segment, path, fingerprint, ...asked, tools, servers, maxTurns, retry, timeoutMs });
}

function toolList(path: string, tools: unknown): readonly ToolDefinition[] {
  if (!Array.isArray(tools)) throw invalid(path, `tools is ${shown(tools)}`, "Give a list of tools, each made by tool() or asTool().");
  return tools as readonly ToolDefinition[];
}

function serverList(path: string, servers: unknown): readonly ToolServerDefinition[] {
  const remedy = "Give a list of tool servers, each made by mcpServer().";
  if (!Array.isArray(servers)) throw invalid(path, `mcpServers is ${shown(servers)}`, remedy);
  const names = new Set<string>();
  for (const server of servers as readonly (ToolServerDefinition | undefined)[]) {
    if (server?.kind !== "tool-server") throw invalid(path, `one of its mcpServers is ${shown(server)}`, remedy);
    if (names.has(server.name)) throw invalid(path, `two of its mcpServers are called "${server.name}"`, "Give one of them another name.");
    names.add(server.name);
  }
  return servers as readonly ToolServerDefinition[];
}

function specOfServer({ name, prefix, allow, rules }: ToolServerDefinition): ToolServerSpec {
  const told = { name, prefix, allow, rules };
  return Object.freeze({ ...told, fingerprint: fingerprintOfConfig({ kind: "tool-server", ...told }) });
}

function mayAsk({ allow, rules }: ToolServerSpec): boolean {
  return [rules, ...Object.values(allow ?? {})].some(({ approval }) => approval !== "never");
}

function boundServers(servers: readonly ToolServerDefinition[]): ReadonlyMap<string, BoundServer> {
  return new Map(
    servers.map(({ name, prefix, allow, connection, approvals }) => [
      name,
      Object.freeze({ prefix, connection, approvals, allow: allow === null ? null : Object.keys(allow) }),
    ]),
  );
}

function checkedProviderTools(path: string, tools: unknown): readonly ProviderTool[] {
  const remedy = 'Give a list of { id: "provider.tool", name, args }.';
  if (!Array.isArray(tools)) throw invalid(path, `providerTools is ${shown(tools)}`, remedy);
  return Object.freeze(
    (tools as readonly Partial<ProviderTool>[]).map((tool) => {
      const { id, name, args } = tool ?? {};
      if (typeof id !== "string" || !/^[^.]+\.[^.]+/.test(id))
        throw invalid(path, `one of its providerTools has the id ${shown(id)}`, remedy);
      return Object.freeze({ id, name: name ?? id.slice(id.indexOf(".") + 1), args: args ?? {} });
    }),
  );
}

/** @param tools - All it can have; null where a server offers more. */
function checkedToolChoice(path: string, choice: unknown, tools: readonly ToolSpec[] | null): ToolChoice {
  if (choice === "auto" || choice === "none" || choice === "required") return choice;
  const named = isPlainObject(choice) ? choice["tool"] : undefined;
  if (typeof named !== "string")
    throw invalid(path, `toolChoice is ${shown(choice)}`, 'Choose "auto", "none", "required" or { tool: "name" }.');
  if (tools?.some(({ name }) => name === named) === false)
    throw invalid(path, `toolChoice names the tool "${named}", and it has none of that name`, "Name one of its tools.");
  return Object.freeze({ tool: named });
}

const POLICIES: ReadonlySet<unknown> = new Set<EndingPolicy>(["feedback", "retry", "fail"]);

function checkedEndings(path: string, endings: unknown): Endings {
  const known = Object.keys(DEFAULT_ENDINGS).join(", ");
  if (!isPlainObject(endings)) throw invalid(path, `endings is ${shown(endings)}`, `Give policies by ending: ${known}.`);
  for (const [ending, policy] of Object.entries(endings)) {
    if (!Object.hasOwn(DEFAULT_ENDINGS, ending)) throw invalid(path, `there is no ending "${ending}"`, `Those there are: ${known}.`);
    if (!POLICIES.has(policy)) throw invalid(path, `endings.${ending} is ${shown(policy)}`, 'Choose "feedback", "retry" or "fail".');
  }
  return Object.freeze({ ...DEFAULT_ENDINGS, ...(endings as Partial<Record<Ending, EndingPolicy>>) });
}

interface ModelLike {
  readonly specificationVersion?: unknown;
  readonly provider?: unknown;
  readonly modelId?: unknown;
}

/** What a plan calls a model: its reference, or `provider:model` of an object of the AI SDK. */
function modelLabel(path: string, model: unknown): string {
  if (typeof model === "string") {
    checkText(path, "model", model);
    return model;
  }
  const like = typeof model === "object" && model !== null ? (model as ModelLike) : {};
  if (typeof like.specificationVersion !== "string") {
    const remedy = 'Write the model as "provider:model", or give a language model of the AI SDK, for example openai("gpt-5-mini").';
    throw invalid(path, `model is ${shown(model)}, not a model`, remedy);
  }
  const { provider, modelId } = like;
  return `${typeof provider === "string" ? provider : "custom"}:${typeof modelId === "string" ? modelId : "model"}`;
}
