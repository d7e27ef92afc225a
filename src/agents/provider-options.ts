/** The protocols that Flujo speaks: of OpenAI (Responses), Anthropic (Messages), Google (Gemini), and chat completions. */
export type ModelProtocol = "openai" | "anthropic" | "google" | "openai-compatible";

/** A server that models are reached at. */
export interface ModelServerOptions {
  /**
   * Its address, up to where the protocol's own paths begin: `http://gpu:8000/v1`.
   *
   * @defaultValue the provider's own, or what its variable says; a name of yours needs one
   */
  readonly baseURL?: string;
  /**
   * Its key.
   *
   * @defaultValue the provider's variable (`OPENAI_API_KEY`), but only where `baseURL` is left out: a key goes to no
   * server that it was not given for
   */
  readonly apiKey?: string;
  /** Headers sent with every call. They are not stored: keys may stand in them. @defaultValue none */
  readonly headers?: Readonly<Record<string, string>>;
  /** @defaultValue the provider's own; for a name of yours `openai-compatible`, which most servers speak */
  readonly speaks?: ModelProtocol;
  /**
   * Whose price list its tokens are paid by: `openai` for a gateway that passes OpenAI's prices on.
   *
   * @defaultValue the provider's own at its own address; elsewhere the price is unknown
   */
  readonly prices?: string;
  /** How HTTP is spoken, for proxies and tests. It then decides how long it waits. @defaultValue a fetch without time limits */
  readonly fetch?: typeof globalThis.fetch;
}

/** A provider object of the AI SDK, as `createMistral()` gives it. */
export interface ModelProvider {
  languageModel(modelId: string): object;
}

/**
 * What stands behind the name before the `:` of a model: a server, a provider object of the AI SDK, or a function that
 * gives one, called once, when the first model of that name is.
 *
 * @example
 * ```ts
 * import { Flujo, type ProviderOptions } from "flujo";
 * const providers: Record<string, ProviderOptions> = {
 *   vllm: { baseURL: "http://gpu:8000/v1", headers: { "x-team": "desk" } }, // agents say `vllm:qwen3`
 *   openai: { apiKey: "sk-of-this-tenant" }, // instead of OPENAI_API_KEY
 *   minimax: { baseURL: "https://api.minimax.io/anthropic/v1", apiKey: "…", speaks: "anthropic" },
 *   mistral: () => import("@ai-sdk/openai-compatible").then((sdk) => sdk.createOpenAICompatible({ name: "mistral", baseURL: "https://api.mistral.ai/v1" })),
 * };
 * const flujo = new Flujo({ providers });
 * await flujo.close();
 * ```
 */
export type ProviderOptions = ModelServerOptions | ModelProvider | (() => ModelProvider | Promise<ModelProvider>);
