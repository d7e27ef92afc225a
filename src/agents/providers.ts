import { FlujoError } from "../base/errors.ts";
import type { LanguageModelObject } from "./ai-sdk.ts";
import { loadPackage } from "./load-package.ts";
import type { Tariff } from "./price.ts";

/** Environment variables, as a plain object. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A model that can be called, and what is known about where its calls go. */
export interface ResolvedModel {
  readonly model: LanguageModelObject;
  /** How messages name it: `openai:gpt-5-mini`. */
  readonly label: string;
  readonly tariff: Tariff;
  /** Host and port the calls go to; null where it is not known or there is none. */
  readonly host: string | null;
  /** The variable that holds the key; null where it is not known or there is none. */
  readonly keyVariable: string | null;
  /** Keys, so that no message can repeat them. */
  readonly secrets: readonly string[];
}

/** A base URL and the key that belongs to it: a key never goes to a server that it was not given for. */
interface Endpoint {
  readonly urlVariable: string;
  readonly defaultUrl: string | null;
  readonly keyVariable: string | null;
}

/** A server that speaks OpenAI's chat completions. */
interface ChatProvider {
  /** The first whose URL is set is used. */
  readonly endpoints: readonly Endpoint[];
  readonly keyRequired: boolean;
  /** An example of a model, for messages. */
  readonly example: string;
}

const OPENAI_HOST = "api.openai.com";

/**
 * `openai:` goes through the same package as the others and speaks chat completions: the providers' own packages, and
 * with them OpenAI's Responses API, come later. Until then an object of theirs can be given as the model.
 */
const CHAT_PROVIDERS: Readonly<Record<string, ChatProvider>> = {
  openai: {
    endpoints: [{ urlVariable: "OPENAI_BASE_URL", defaultUrl: `https://${OPENAI_HOST}/v1`, keyVariable: "OPENAI_API_KEY" }],
    keyRequired: true,
    example: "gpt-5-mini",
  },
  "openai-compatible": {
    endpoints: [
      { urlVariable: "OPENAI_COMPATIBLE_BASE_URL", defaultUrl: null, keyVariable: "OPENAI_COMPATIBLE_API_KEY" },
      { urlVariable: "OPENAI_BASE_URL", defaultUrl: null, keyVariable: "OPENAI_API_KEY" },
    ],
    keyRequired: false,
    example: "MODEL",
  },
  ollama: {
    endpoints: [{ urlVariable: "OLLAMA_BASE_URL", defaultUrl: "http://127.0.0.1:11434/v1", keyVariable: null }],
    keyRequired: false,
    example: "qwen3:8b",
  },
  lmstudio: {
    endpoints: [{ urlVariable: "LMSTUDIO_BASE_URL", defaultUrl: "http://127.0.0.1:1234/v1", keyVariable: null }],
    keyRequired: false,
    example: "MODEL",
  },
};

/** Every chat provider by name, with an example of a model. */
export const CHAT_PROVIDER_EXAMPLES: ReadonlyMap<string, string> = new Map(
  Object.entries(CHAT_PROVIDERS).map(([name, provider]) => [name, provider.example]),
);

/**
 * A model of one of the {@link CHAT_PROVIDER_EXAMPLES}.
 *
 * @throws {FlujoError} `api_key_missing`, `model_unknown` (no base URL), `usage_invalid` (a base URL
 * or a key that is none), `package_missing`: all before anything is sent.
 */
export async function openChatModel(
  named: { readonly provider: string; readonly model: string },
  env: Environment,
): Promise<ResolvedModel> {
  const label = `${named.provider}:${named.model}`;
  const provider = CHAT_PROVIDERS[named.provider];
  if (provider === undefined) throw new FlujoError("model_unknown", `There is no provider "${named.provider}".`);
  const { endpoint, url } = endpointOf(provider, { label, env });
  const key = endpoint.keyVariable === null ? null : setting(env, endpoint.keyVariable);
  if (key === null && provider.keyRequired) {
    throw new FlujoError("api_key_missing", `${label} needs an API key, and ${endpoint.keyVariable} is not set.`, {
      details: { variable: endpoint.keyVariable, model: label },
      remedy: `Set ${endpoint.keyVariable}, or use \`--model offline:extract\` to try it without a key.`,
    });
  }
  if (key !== null && !SENDABLE_KEY.test(key)) {
    throw new FlujoError("usage_invalid", `${endpoint.keyVariable} holds something that cannot be an API key.`, {
      details: { variable: endpoint.keyVariable },
      remedy: "Set it to the key alone: no spaces, no line breaks, no quotes, plain letters.",
    });
  }
  const { createOpenAICompatible } = await loadPackage(
    { name: "@ai-sdk/openai-compatible", range: "3" },
    () => import("@ai-sdk/openai-compatible"),
  );
  const client = createOpenAICompatible({
    name: named.provider,
    baseURL: url.href,
    includeUsage: true, // without it a streamed answer says nothing of its tokens
    supportsStructuredOutputs: true, // without it the schema is not sent
    ...(key === null ? {} : { apiKey: key }),
  });
  return {
    model: client.chatModel(named.model),
    label,
    tariff: url.host === OPENAI_HOST ? { kind: "listed", provider: "openai", model: named.model } : { kind: "unknown" },
    host: url.host,
    keyVariable: endpoint.keyVariable,
    secrets: key === null ? [] : [key],
  };
}

/** What a header can carry. The HTTP client would quote any other key in its error. */
const SENDABLE_KEY = /^[\x21-\x7e]+$/;

interface Asked {
  readonly label: string;
  readonly env: Environment;
}

function endpointOf(provider: ChatProvider, { label, env }: Asked): { readonly endpoint: Endpoint; readonly url: URL } {
  for (const endpoint of provider.endpoints) {
    const set = setting(env, endpoint.urlVariable);
    const text = set ?? endpoint.defaultUrl;
    if (text !== null) return { endpoint, url: parseBaseUrl(text, endpoint.urlVariable) };
  }
  const variable = provider.endpoints[0]?.urlVariable ?? "";
  throw new FlujoError("model_unknown", `${label} needs the address of a server, and ${variable} is not set.`, {
    details: { variable, model: label },
    remedy: `Set ${variable}, for example to http://127.0.0.1:8000/v1.`,
  });
}

/** The value is not repeated in messages: it may hold a password. */
function parseBaseUrl(text: string, variable: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FlujoError("usage_invalid", `${variable} is not the address of a server.`, {
      remedy: `Set it to a URL such as http://127.0.0.1:8000/v1.`,
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new FlujoError("usage_invalid", `${variable} holds a user name or password.`, {
      remedy: "Take it out of the URL and set the API key instead.",
    });
  }
  return url;
}

/** A variable that is set to nothing is not set; a line break at the end of a key comes from a file and is no part of it. */
function setting(env: Environment, variable: string): string | null {
  const value = env[variable]?.trim();
  return value === undefined || value === "" ? null : value;
}
