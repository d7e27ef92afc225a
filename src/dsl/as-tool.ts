import type { Schema } from "../base/schema.ts";
import type { DecisionFunction, ToolDefinition } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { AnyStep, InputOf, NeedsOf, OutputOf, Step } from "./program.ts";
import { definitionOf } from "./program.ts";
import type { AllOf } from "./retry-options.ts";
import type { Tool, ToolRules } from "./tool.ts";

/** What `asTool()` takes beside the program. */
export interface AsToolOptions<In, Ctx> extends ToolRules<In, Ctx> {
  /** What the model calls it. Default: the program's own name. */
  readonly name?: string;
  /** What it is good for, in words for the model: it decides by them. */
  readonly description: string;
  /** The arguments: a schema of an object. Default: the program's own input schema, where it has one. */
  readonly input?: Schema<unknown, In>;
}

const KNOWN: AllOf<AsToolOptions<unknown, unknown>> = { name: true, description: true, input: true, onError: true, needsApproval: true };

/**
 * Makes a program a tool: an agent that another agent may ask, a pipeline that it may run. Its steps are journalled below
 * the call, it may wait for people, and what it writes to the context is kept.
 *
 * @throws {FlujoError} `pipeline_invalid` where no schema says what its arguments are.
 *
 * @example
 * ```ts
 * import { agent, asTool } from "flujo";
 * import { z } from "zod";
 *
 * const researcher = agent({
 *   name: "researcher",
 *   model: "offline:extract",
 *   instructions: "Answer from what you know.",
 *   input: z.object({ question: z.string() }),
 * });
 * export const lead = agent({
 *   name: "lead",
 *   model: "offline:extract",
 *   instructions: "Ask the researcher what you do not know.",
 *   tools: [asTool(researcher, { description: "Answers one question in depth." })],
 * });
 * ```
 */
export function asTool<P extends AnyStep>(
  program: P,
  options: AsToolOptions<InputOf<P>, NeedsOf<P>>,
): Tool<string, InputOf<P>, OutputOf<P>, NeedsOf<P>> {
  const definition = definitionOf(program);
  const given: unknown = options;
  if (typeof given !== "object" || given === null)
    throw invalid("asTool()", `its options are ${shown(given)}`, "Write asTool(program, { description }).");
  refuseUnknown("asTool()", options, KNOWN);
  const name = options.name ?? (program as Step<never, unknown, never>).name;
  if (name === null) throw invalid("asTool()", "the program has no name", "Give one: asTool(program, { name, description }).");
  const input = options.input ?? ("input" in definition ? definition.input : null);
  if (input === null) {
    const remedy = "Give the program an input schema, or asTool(program, { input, … }).";
    throw invalid("asTool()", `nothing says what the arguments of ${shown(name)} are`, remedy);
  }
  const tool: ToolDefinition = Object.freeze({
    kind: "program-tool",
    name,
    description: options.description,
    input,
    program: definition,
    onError: options.onError ?? "tell",
    needsApproval: (options.needsApproval ?? false) as boolean | DecisionFunction,
    retry: null,
    timeoutMs: null,
  });
  return Object.freeze({ name, definition: tool });
}
