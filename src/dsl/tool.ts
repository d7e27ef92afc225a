import type { Schema } from "../base/schema.ts";
import type { Effect } from "../model/node.ts";
import type { ToolDefinition, WorkFunction } from "../plan/definition.ts";
import { invalid, shown } from "../plan/invalid.ts";
import type { AttemptOptions } from "./retry-options.ts";
import { retryPolicyOf } from "./retry-options.ts";
import type { ToolContext } from "./step-context.ts";

declare const types: unique symbol;

/** Something an agent can call: what `tool()` makes. */
export interface Tool<out Name extends string = string, in Args = never, out Result = unknown> {
  readonly name: Name;
  /** For `compile`. */
  readonly definition: ToolDefinition;
  /** Exists for the compiler alone. */
  readonly [types]?: (args: Args) => Result;
}

/** What `tool()` takes. */
export interface ToolOptions<Name extends string, Args, Given, Result> extends AttemptOptions {
  /** What the model calls it: 1 to 64 letters, digits, `_` and `-`; unique in its agent. */
  readonly name: Name;
  /** What it is good for, in words for the model: it decides by them. */
  readonly description: string;
  /** The arguments: a schema of an object that can describe itself as JSON Schema. The model's arguments are checked with it. */
  readonly input: Schema<Args, Given>;
  /** Checks what `run` returns before the model sees it. */
  readonly output?: Schema<Result>;
  /**
   * What calling it does to the world; see `step()`. The intent of a tool call is always committed before it starts.
   * @defaultValue `"none"`
   */
  readonly effect?: Effect;
  /** Stands for the version of the function. Default: the hash of its source text. */
  readonly version?: string;
  /** What it throws is told to the model, which may try otherwise. */
  readonly run: (args: NoInfer<Given>, context: ToolContext) => Result | Promise<Result>;
}

/**
 * Makes a tool for agents.
 *
 * @example
 * ```ts
 * import { tool } from "flujo";
 * import { z } from "zod";
 *
 * export const lookUpCustomer = tool({
 *   name: "lookUpCustomer",
 *   description: "Finds a customer by e-mail address.",
 *   input: z.object({ email: z.string() }),
 *   run: ({ email }) => ({ email, plan: "pro" }),
 * });
 * ```
 */
export function tool<const Name extends string, Args, Given, Result>(
  options: ToolOptions<Name, Args, Given, Result>,
): Tool<Name, Args, Result> {
  if (typeof options !== "object" || options === null)
    throw invalid("tool()", `its options are ${shown(options)}`, "Write tool({ name, description, input, run }).");
  const definition: ToolDefinition = Object.freeze({
    kind: "tool",
    name: options.name,
    description: options.description,
    effect: options.effect ?? "none",
    run: options.run as WorkFunction,
    input: options.input,
    output: options.output ?? null,
    version: options.version ?? null,
    retry: retryPolicyOf(options),
    timeoutMs: options.timeoutMs ?? null,
  });
  return Object.freeze({ name: options.name, definition });
}
