import type { AgentNode, HumanNode, StepNode, ToolSpec } from "../model/node.ts";
import type { BoundTool } from "./bindings.ts";
import { checkEffect, checkFunction, checkSchema, checkText, checkedMaxTurns, checkedRetry, checkedTimeout, isSchema } from "./checks.ts";
import type { Compilation, Place } from "./compilation.ts";
import { noteCode } from "./compilation.ts";
import type { AgentDefinition, HumanDefinition, StepDefinition, ToolDefinition } from "./definition.ts";
import { describedSchema, fingerprintOfConfig, schemaMark, versionOfCode } from "./fingerprint.ts";
import { invalid, shown } from "./invalid.ts";
import { checkName } from "./names.ts";

/** A function step. At the root its input is checked by the runner, and is not checked again. */
export function compileStep(definition: StepDefinition, place: Place, into: Compilation): StepNode {
  const { path, segment, level } = place;
  const { name, effect, run, input, output } = definition;
  checkName(path, "a step", name);
  checkFunction(path, "run", run);
  checkEffect(path, effect);
  checkSchema(path, "input", input);
  checkSchema(path, "output", output);
  const retry = checkedRetry(path, definition.retry);
  const timeoutMs = checkedTimeout(path, definition.timeoutMs);
  into.steps.set(path, Object.freeze({ run, input: level === 1 ? null : input, output }));
  noteCode(into, path, checkedVersion(path, definition.version) ?? versionOfCode(run));
  const fingerprint = fingerprintOfConfig({ kind: "step", name, effect, input: schemaMark(input, path), output: schemaMark(output, path) });
  return Object.freeze({ kind: "step", name, segment, path, fingerprint, effect, retry, timeoutMs });
}

/** An agent with its tools. At the root its input is checked by the runner, and is not checked again. */
export function compileAgent(definition: AgentDefinition, place: Place, into: Compilation): AgentNode {
  const { path, segment, level } = place;
  const { name, instructions, input, output } = definition;
  checkName(path, "an agent", name);
  if (typeof instructions !== "string")
    throw invalid(path, `instructions is ${shown(instructions)}`, "Give the instructions as text; it may be empty.");
  checkSchema(path, "input", input);
  checkSchema(path, "output", output);
  const model = modelLabel(path, definition.model);
  const maxTurns = checkedMaxTurns(path, definition.maxTurns);
  const retry = checkedRetry(path, definition.retry);
  const timeoutMs = checkedTimeout(path, definition.timeoutMs);
  const outputSchema = output === null ? null : describedSchema(output, `${path}, output`);
  const boundTools = new Map<string, BoundTool>();
  const tools = Object.freeze(toolList(path, definition.tools).map((tool) => compileTool(tool, { path, boundTools }, into)));
  into.agents.set(path, Object.freeze({ model: definition.model, input: level === 1 ? null : input, output, tools: boundTools }));
  const toolPrints = tools.map((tool) => tool.fingerprint);
  const fingerprint = fingerprintOfConfig({
    kind: "agent",
    name,
    model,
    instructions,
    input: schemaMark(input, path),
    outputSchema,
    tools: toolPrints,
  });
  return Object.freeze({
    kind: "agent",
    name,
    segment,
    path,
    fingerprint,
    model,
    instructions,
    tools,
    outputSchema,
    maxTurns,
    retry,
    timeoutMs,
  });
}

function toolList(path: string, tools: unknown): readonly ToolDefinition[] {
  if (!Array.isArray(tools)) throw invalid(path, `tools is ${shown(tools)}`, "Give a list of tools, each made by tool().");
  return tools as readonly ToolDefinition[];
}

interface ToolPlace {
  readonly path: string;
  readonly boundTools: Map<string, BoundTool>;
}

function compileTool(definition: ToolDefinition, { path, boundTools }: ToolPlace, into: Compilation): ToolSpec {
  if (typeof definition !== "object" || definition === null || definition.kind !== "tool") {
    throw invalid(path, `one of its tools is ${shown(definition)}, not a tool`, "Make each tool with tool().");
  }
  const { name, description, effect, run, input, output } = definition;
  const at = `${path}:${shown(name).replaceAll('"', "")}`;
  if (typeof name !== "string" || !/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw invalid(path, `a tool is called ${shown(name)}`, "Providers take 1 to 64 letters, digits, _ and - as a tool's name.");
  }
  if (boundTools.has(name))
    throw invalid(path, `two of its tools are called "${name}" (both would be ${at})`, "Give one of them another name.");
  checkText(at, "description", description);
  checkFunction(at, "run", run);
  checkEffect(at, effect);
  if (!isSchema(input))
    throw invalid(at, `input is ${shown(input)}, not a schema`, "Give a schema of an object: the arguments the model fills in.");
  checkSchema(at, "output", output);
  const retry = checkedRetry(at, definition.retry);
  const timeoutMs = checkedTimeout(at, definition.timeoutMs);
  const inputSchema = describedSchema(input, `${at}, input`);
  boundTools.set(name, Object.freeze({ run, input, output }));
  noteCode(into, `${path}:${name}`, checkedVersion(at, definition.version) ?? versionOfCode(run));
  const fingerprint = fingerprintOfConfig({ kind: "tool", name, description, effect, inputSchema, output: schemaMark(output, at) });
  return Object.freeze({ name, description, inputSchema, effect, retry, timeoutMs, fingerprint });
}

/** A person's answer. */
export function compileHuman(definition: HumanDefinition, place: Place, into: Compilation): HumanNode {
  const { path, segment } = place;
  const { name, show, answer } = definition;
  checkName(path, "a human step", name);
  if (!isSchema(answer)) throw invalid(path, `answer is ${shown(answer)}, not a schema`, "Give a schema of the answer.");
  const answerSchema = describedSchema(answer, `${path}, answer`);
  into.answers.set(path, answer);
  if (show !== null) {
    checkFunction(path, "show", show);
    into.decisions.set(path, (output, about) => show({ ...about, output }));
    noteCode(into, `${path}:show`, versionOfCode(show));
  }
  const fingerprint = fingerprintOfConfig({ kind: "human", name, answerSchema });
  return Object.freeze({ kind: "human", name, segment, path, fingerprint, answerSchema });
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

function checkedVersion(at: string, version: unknown): string | null {
  if (version === null) return null;
  checkText(at, "version", version);
  return version as string;
}
