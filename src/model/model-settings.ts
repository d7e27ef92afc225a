import type { Json } from "../base/json.ts";

/** How hard a model is to think before it answers. What a provider does not know, it takes for its nearest. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh";

/** How a model is called. Whatever is left out is the provider's own default. Part of the plan: no keys in here. */
export interface ModelSettings {
  /** 0 is the least random; most providers take up to 1 or 2. */
  readonly temperature?: number;
  /** Nucleus sampling: a share of the probability mass, 0 to 1. */
  readonly topP?: number;
  /** How many candidates for each token. */
  readonly topK?: number;
  /** Tokens out at most, per model call. Too few: the answer is cut off (`cut-off`, see `endings`). */
  readonly maxOutputTokens?: number;
  readonly reasoning?: ReasoningEffort;
  /** The model stops before it would write one of these. */
  readonly stopSequences?: readonly string[];
  /** For models that can repeat themselves: the same seed, much the same answer. */
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  /** Options of one provider's own, by its name: `{ anthropic: { thinking: { type: "enabled", budgetTokens: 2_000 } } }`. */
  readonly providerOptions?: Readonly<Record<string, { readonly [key: string]: Json }>>;
  /** Headers sent with every call. They are stored with the plan: keys belong into `new Flujo({ providers })`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether answers come as a stream. Only for servers that cannot stream is it `false`. @defaultValue `true` */
  readonly stream?: boolean;
}

/** Whether, or which, tool the model must call: as it sees fit, none, at least one, or the one that is named. In the first turn only, unless it is `none`. */
export type ToolChoice = "auto" | "none" | "required" | { readonly tool: string };

/** A tool that the provider runs itself (web search, code execution): `{ id: "openai.web_search", name: "web_search", args: {} }`. */
export interface ProviderTool {
  readonly id: `${string}.${string}`;
  readonly name: string;
  readonly args: { readonly [key: string]: Json };
}
