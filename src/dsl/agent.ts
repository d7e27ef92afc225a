import type { Schema } from "../base/schema.ts";
import type { Endings } from "../model/ending.ts";
import type { HistoryPolicy } from "../model/history-policy.ts";
import type { ModelSettings, ProviderTool, ToolChoice } from "../model/model-settings.ts";
import type { AgentDefinition, DecisionFunction } from "../plan/definition.ts";
import { invalid, refuseUnknown, shown } from "../plan/invalid.ts";
import type { ContextSource, FieldsOf } from "./context-types.ts";
import type { McpServer } from "./mcp-server.ts";
import type { OutputProcessor, PromptProcessor } from "./processors.ts";
import type { NamedStep } from "./program.ts";
import { definitionKey } from "./program.ts";
import type { AllOf, AttemptOptions } from "./retry-options.ts";
import { ATTEMPT_OPTIONS, retryingOf } from "./retry-options.ts";
import type { DecisionAbout } from "./step-context.ts";
import type { AnyTool, NeedsOfTools, Tool } from "./tool.ts";

/** A language model object of the AI SDK, as far as a definition goes: `openai("gpt-5-mini")`, a mock, your own. */
export interface LanguageModelObject {
  /** The version of the AI SDK's model specification it follows: `"v4"`. */
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
}

/** What `agent()` takes. */
export interface AgentOptions<Name extends string, In, Given, Made, Out, Tools = readonly Tool[], Source = undefined>
  extends AttemptOptions<FieldsOf<Source>> {
  /** Unique among its siblings; part of its path. */
  readonly name: Name;
  /** `provider:model` (`openai:gpt-5-mini`, `offline:extract`), or a language model object of the AI SDK. */
  readonly model: string | LanguageModelObject;
  /**
   * The system prompt: text, or a function of the input and the context that returns it. The function is asked once per
   * agent, at its beginning; what it said is journalled.
   */
  readonly instructions: string | ((input: NoInfer<Given>, about: DecisionAbout<FieldsOf<Source>>) => string | Promise<string>);
  /** The least context its instructions need: a schema, or what `context()` made of one. */
  readonly context?: Source;
  /** What it takes; it reaches the model as text or JSON. Without it the agent takes anything and nothing is checked. */
  readonly input?: Schema<In, Given>;
  /** What it gives: checked, and told to the model again with what is wrong until it fits. Without it: the model's text. */
  readonly output?: Schema<Made, Out>;
  /** What it may call. Calls of one turn run at the same time. */
  readonly tools?: Tools;
  /** Tool servers it may use: what `mcpServer()` made. */
  readonly mcpServers?: readonly McpServer[];
  /** Tools that the model's provider runs itself, by the provider's own names of them. What comes of them stays in the conversation. */
  readonly providerTools?: readonly (Pick<ProviderTool, "id"> & Partial<ProviderTool>)[];
  /** Whether it must call a tool in its first turn, and which. @defaultValue `"auto"` */
  readonly toolChoice?: ToolChoice;
  /** How its model is called. */
  readonly settings?: ModelSettings;
  /**
   * What to do when the model gives no answer that can be used. Those left out keep their default: `fail` for `refused`
   * and `filtered`, `feedback` for the others.
   */
  readonly endings?: Partial<Endings>;
  /**
   * What it is given of the conversation of the thread that the run belongs to (`flujo.run(…, { thread })`), to which its
   * own exchange is added when it has succeeded. Left out: it takes no part in the thread.
   */
  readonly history?: HistoryPolicy;
  /**
   * Functions that make what its model is told of its instructions and its input, one after the other: to leave something
   * out, to translate, to add what always holds. Asked once per agent, at its beginning; what they said is journalled, is in goldens,
   * and is what the thread keeps. What is not text fails the agent (`decision_failed`).
   */
  readonly promptProcessors?: readonly PromptProcessor<NoInfer<Given>, FieldsOf<Source>>[];
  /**
   * Functions that make what it gives of what its model gave, one after the other, once that fits `output`: before plugins and
   * validators see it. What they say is journalled, and not checked with `output` again.
   */
  readonly outputProcessors?: readonly OutputProcessor<NoInfer<Out>, NoInfer<Given>, FieldsOf<Source>>[];
  /** How many model calls at most. Too few: `turn_limit_exceeded` before the work is done. @defaultValue `10` */
  readonly maxTurns?: number;
}

const KNOWN: AllOf<AgentOptions<string, unknown, unknown, unknown, unknown>> = {
  name: true,
  model: true,
  instructions: true,
  context: true,
  input: true,
  output: true,
  tools: true,
  mcpServers: true,
  providerTools: true,
  toolChoice: true,
  settings: true,
  endings: true,
  history: true,
  promptProcessors: true,
  outputProcessors: true,
  maxTurns: true,
  ...ATTEMPT_OPTIONS,
};

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
export function agent<
  const Name extends string,
  In = unknown,
  Given = In,
  Made = string,
  Out = Made,
  const Tools extends readonly AnyTool[] = readonly [],
  Source extends ContextSource | undefined = undefined,
>(options: AgentOptions<Name, In, Given, Made, Out, Tools, Source>): NamedStep<In, Out, NeedsOfTools<Tools> & FieldsOf<Source>, Name> {
  if (typeof options !== "object" || options === null)
    throw invalid("agent()", `its options are ${shown(options)}`, "Write agent({ name, model, instructions }).");
  refuseUnknown(`agent ${shown(options.name)}`, options, KNOWN);
  const definition: AgentDefinition = Object.freeze({
    kind: "agent",
    name: options.name,
    model: options.model,
    instructions: options.instructions as string | DecisionFunction,
    input: options.input ?? null,
    output: options.output ?? null,
    tools: definitionsOf(options.tools ?? []),
    servers: definitionsOf(options.mcpServers ?? []),
    providerTools: (options.providerTools ?? []) as readonly ProviderTool[],
    toolChoice: options.toolChoice ?? "auto",
    settings: options.settings ?? {},
    endings: (options.endings ?? {}) as Endings,
    history: options.history ?? null,
    ...(options.promptProcessors === undefined ? {} : { promptProcessors: options.promptProcessors as readonly DecisionFunction[] }),
    ...(options.outputProcessors === undefined ? {} : { outputProcessors: options.outputProcessors as readonly DecisionFunction[] }),
    maxTurns: options.maxTurns ?? 10,
    ...retryingOf(`agent ${shown(options.name)}`, options, { retries: 2, jitter: "full" }),
    timeoutMs: options.timeoutMs ?? null,
  });
  return Object.freeze({ name: options.name, [definitionKey]: definition });
}

/** What is no tool or server goes on as it is: `compile` refuses it, naming the agent's place. */
function definitionsOf<D>(made: readonly { readonly definition: D }[]): readonly D[] {
  if (!Array.isArray(made)) return made as never;
  return Object.freeze(
    Array.from(made as readonly ({ readonly definition: D } | undefined)[]).map((each) => each?.definition ?? (each as never)),
  );
}
