import type { Schema } from "../base/schema.ts";
import type { Effect, InDoubtPolicy, ToolErrorPolicy } from "../model/node.ts";
import type { DecisionFunction, ToolDefinition, WorkFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { ContextSource, FieldsOf } from "./context-types.ts";
import type { OpenedOf, ResourcesByName } from "./resource.ts";
import { resourceDefinitionsOf } from "./resource.ts";
import type { AllOf, AttemptOptions } from "./retry-options.ts";
import { ATTEMPT_OPTIONS, retryingOf } from "./retry-options.ts";
import type { DecisionAbout, ToolContext } from "./step-context.ts";

declare const types: unique symbol;

/** Something an agent can call: what `tool()` makes. */
export interface Tool<out Name extends string = string, in Args = never, out Result = unknown, in Ctx = unknown> {
  readonly name: Name;
  /** For `compile`. */
  readonly definition: ToolDefinition;
  /** Exists for the compiler alone. */
  readonly [types]?: (args: Args, context: Ctx) => Result;
}

/** Any tool whatever. */
export type AnyTool = Tool<string, never, unknown, never>;

/** The least context that all of these tools need; `unknown` where they need none. */
export type NeedsOfTools<Tools extends readonly AnyTool[]> = (
  Tools[number] extends infer Each
    ? Each extends Tool<string, never, unknown, infer Ctx>
      ? (context: Ctx) => void
      : never
    : never
) extends (context: infer Needs) => void
  ? Needs
  : unknown;

/** The rules a tool is called by, whatever it is. */
export interface ToolRules<Given = never, Ctx = unknown> {
  /**
   * What becomes of a call that fails, after its retries: `tell` tells the model, which may try otherwise and spends a turn
   * on it; `fail` fails the agent. @defaultValue `"tell"`
   */
  readonly onError?: ToolErrorPolicy;
  /**
   * Whether a person must agree before a call runs: always, or where this function of the arguments returns true. The run
   * waits, durably; the answer approves, rejects with a note, or edits the arguments. A function that throws counts as
   * true. @defaultValue `false`
   */
  readonly needsApproval?: boolean | ((args: NoInfer<Given>, about: DecisionAbout<Ctx>) => boolean | Promise<boolean>);
}

/** What `tool()` takes. */
export interface ToolOptions<Name extends string, Args, Given, Result, Source = undefined, Kept = undefined>
  extends AttemptOptions<FieldsOf<Source>>,
    ToolRules<Given, FieldsOf<Source>> {
  /** What the model calls it: 1 to 64 letters, digits, `_` and `-`; unique in its agent. */
  readonly name: Name;
  /** What it is good for, in words for the model: it decides by them. */
  readonly description: string;
  /** The arguments: a schema of an object that can describe itself as JSON Schema. The model's arguments are checked with it. */
  readonly input: Schema<Args, Given>;
  /** Checks what `run` returns before the model sees it. */
  readonly output?: Schema<Result>;
  /** The least context it needs: a schema, or what `context()` made of one. */
  readonly context?: Source;
  /** What is opened for it: what `resource()` made, by the names it then has in `context.resources`. */
  readonly resources?: Kept;
  /**
   * What calling it does to the world; see `step()`. The intent of a tool call is always committed before it starts.
   * @defaultValue `"none"`
   */
  readonly effect?: Effect;
  /**
   * What happens to a call of `effect: "once"` that had begun when its process died, or that took too long, so that nobody
   * knows whether it was done: `retry` runs it again with the same `idempotencyKey`, `fail` fails it with `in_doubt`.
   * @defaultValue `"retry"`
   */
  readonly inDoubt?: InDoubtPolicy;
  /** Stands for the version of the function. Default: the hash of its source text. */
  readonly version?: string;
  /** What it throws is told to the model, which may try otherwise (see `onError`). */
  readonly run: (args: NoInfer<Given>, context: ToolContext<FieldsOf<Source>, OpenedOf<Kept>>) => Result | Promise<Result>;
}

const KNOWN: AllOf<ToolOptions<string, unknown, unknown, unknown>> = {
  name: true,
  description: true,
  input: true,
  output: true,
  context: true,
  resources: true,
  effect: true,
  inDoubt: true,
  onError: true,
  needsApproval: true,
  version: true,
  run: true,
  ...ATTEMPT_OPTIONS,
};

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
export function tool<
  const Name extends string,
  Args,
  Given,
  Result,
  Source extends ContextSource | undefined = undefined,
  Kept extends ResourcesByName | undefined = undefined,
>(options: ToolOptions<Name, Args, Given, Result, Source, Kept>): Tool<Name, Args, Result, FieldsOf<Source>> {
  if (typeof options !== "object" || options === null)
    throw invalid("tool()", `its options are ${shown(options)}`, "Write tool({ name, description, input, run }).");
  refuseUnknown(`tool ${shown(options.name)}`, options, KNOWN);
  const definition: ToolDefinition = Object.freeze({
    kind: "tool",
    name: options.name,
    description: options.description,
    effect: options.effect ?? "none",
    inDoubt: options.inDoubt ?? "retry",
    onError: options.onError ?? "tell",
    needsApproval: (options.needsApproval ?? false) as boolean | DecisionFunction,
    run: options.run as WorkFunction,
    input: options.input,
    output: options.output ?? null,
    version: options.version ?? null,
    ...retryingOf(`tool ${shown(options.name)}`, options),
    timeoutMs: options.timeoutMs ?? null,
    ...(options.resources === undefined ? {} : { resources: resourceDefinitionsOf(options.resources) }),
  });
  return Object.freeze({ name: options.name, definition });
}
