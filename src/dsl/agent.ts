import type { Schema } from "../base/schema.ts";
import type { AgentDefinition, ToolDefinition } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { NamedStep } from "./program.ts";
import { definitionKey } from "./program.ts";
import type { AttemptOptions } from "./retry-options.ts";
import { retryPolicyOf } from "./retry-options.ts";
import type { Tool } from "./tool.ts";

/** A language model object of the AI SDK, as far as a definition goes: `openai("gpt-5-mini")`, a mock, your own. */
export interface LanguageModelObject {
  /** The version of the AI SDK's model specification it follows: `"v4"`. */
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
}

/** What `agent()` takes. */
export interface AgentOptions<Name extends string, In, Given, Made, Out> extends AttemptOptions {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /** `provider:model` (`openai:gpt-5-mini`, `offline:extract`), or a language model object of the AI SDK. */
  readonly model: string | LanguageModelObject;
  /** The system prompt. */
  readonly instructions: string;
  /** What it takes; it reaches the model as text or JSON. Without it the agent takes anything and nothing is checked. */
  readonly input?: Schema<In, Given>;
  /** What it gives: checked, and told to the model again with what is wrong until it fits. Without it: the model's text. */
  readonly output?: Schema<Made, Out>;
  /** What it may call. Calls of one turn run at the same time. */
  readonly tools?: readonly Tool[];
  /** How many model calls at most. Too few: `turn_limit_exceeded` before the work is done. @defaultValue `10` */
  readonly maxTurns?: number;
}

/**
 * Makes an agent: it asks a model, runs the tools the model calls, asks again, until there is an output that fits. Every
 * model call and every tool call is journalled; after a crash none that had an outcome is made again.
 *
 * An agent alone is a program too: `await flujo.run(agent, input)`. Two retries unless you say otherwise.
 *
 * @example
 * ```ts
 * import { agent } from "flujo";
 * import { z } from "zod";
 *
 * export const classify = agent({
 *   name: "classify",
 *   model: "offline:extract",
 *   instructions: "Classify this support ticket.",
 *   input: z.string(),
 *   output: z.object({ area: z.enum(["billing", "bug", "other"]) }),
 * });
 * ```
 */
export function agent<const Name extends string, In = unknown, Given = In, Made = string, Out = Made>(
  options: AgentOptions<Name, In, Given, Made, Out>,
): NamedStep<In, Out, unknown, Name> {
  if (typeof options !== "object" || options === null)
    throw invalid("agent()", `its options are ${shown(options)}`, "Write agent({ name, model, instructions }).");
  const definition: AgentDefinition = Object.freeze({
    kind: "agent",
    name: options.name,
    model: options.model,
    instructions: options.instructions,
    input: options.input ?? null,
    output: options.output ?? null,
    tools: definitionsOf(options.tools ?? []),
    maxTurns: options.maxTurns ?? 10,
    retry: retryPolicyOf(options, 2),
    timeoutMs: options.timeoutMs ?? null,
  });
  return Object.freeze({ name: options.name, [definitionKey]: definition });
}

/** What is no tool goes on as it is: `compile` refuses it, naming the agent's place. */
function definitionsOf(tools: readonly Tool[]): readonly ToolDefinition[] {
  if (!Array.isArray(tools)) return tools as never;
  return Object.freeze(tools.map((each: Tool | undefined) => each?.definition ?? (each as never)));
}
