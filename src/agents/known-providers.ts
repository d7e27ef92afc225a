import type { ModelProtocol } from "./provider-options.ts";

/** A base URL and the key that belongs to it: a key never goes to a server that it was not given for. */
export interface Endpoint {
  readonly urlVariable: string;
  readonly defaultUrl: string | null;
  /** The first that is set is used. */
  readonly keyVariables: readonly string[];
}

/** A provider whose name is known without being told. */
export interface KnownProvider {
  readonly speaks: ModelProtocol;
  /** The first whose URL is set, or known, is used. */
  readonly endpoints: readonly Endpoint[];
  readonly keyRequired: boolean;
  /** An example of a model, for messages. */
  readonly example: string;
}

/** Where the providers themselves answer, to the id of their price list. Anywhere else, nobody here knows the price. */
export const PRICED_HOSTS: ReadonlyMap<string, string> = new Map([
  ["api.openai.com", "openai"],
  ["api.anthropic.com", "anthropic"],
  ["generativelanguage.googleapis.com", "google"],
]);

/** What stands behind a base URL that has no path, where the provider's own clients put it there themselves. */
export const VERSION_PATHS: Readonly<Partial<Record<ModelProtocol, string>>> = { anthropic: "/v1", google: "/v1beta" };

/** The providers that are there without any options, by name. */
export const KNOWN_PROVIDERS: ReadonlyMap<string, KnownProvider> = new Map<string, KnownProvider>([
  [
    "openai",
    {
      speaks: "openai",
      endpoints: [{ urlVariable: "OPENAI_BASE_URL", defaultUrl: "https://api.openai.com/v1", keyVariables: ["OPENAI_API_KEY"] }],
      keyRequired: true,
      example: "gpt-5-mini",
    },
  ],
  [
    "anthropic",
    {
      speaks: "anthropic",
      endpoints: [{ urlVariable: "ANTHROPIC_BASE_URL", defaultUrl: "https://api.anthropic.com/v1", keyVariables: ["ANTHROPIC_API_KEY"] }],
      keyRequired: true,
      example: "claude-sonnet-4-5",
    },
  ],
  [
    "google",
    {
      speaks: "google",
      endpoints: [
        {
          urlVariable: "GOOGLE_GENERATIVE_AI_BASE_URL",
          defaultUrl: "https://generativelanguage.googleapis.com/v1beta",
          keyVariables: ["GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"],
        },
      ],
      keyRequired: true,
      example: "gemini-2.5-flash",
    },
  ],
  [
    "openai-compatible",
    {
      speaks: "openai-compatible",
      endpoints: [
        { urlVariable: "OPENAI_COMPATIBLE_BASE_URL", defaultUrl: null, keyVariables: ["OPENAI_COMPATIBLE_API_KEY"] },
        { urlVariable: "OPENAI_BASE_URL", defaultUrl: null, keyVariables: ["OPENAI_API_KEY"] },
      ],
      keyRequired: false,
      example: "MODEL",
    },
  ],
  [
    "ollama",
    {
      speaks: "openai-compatible",
      endpoints: [{ urlVariable: "OLLAMA_BASE_URL", defaultUrl: "http://127.0.0.1:11434/v1", keyVariables: [] }],
      keyRequired: false,
      example: "qwen3:8b",
    },
  ],
  [
    "lmstudio",
    {
      speaks: "openai-compatible",
      endpoints: [{ urlVariable: "LMSTUDIO_BASE_URL", defaultUrl: "http://127.0.0.1:1234/v1", keyVariables: [] }],
      keyRequired: false,
      example: "MODEL",
    },
  ],
]);
