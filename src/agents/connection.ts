import { FlujoError } from "../base/errors.ts";
import { type KnownProvider, PRICED_HOSTS, VERSION_PATHS } from "./known-providers.ts";
import type { Tariff } from "./price.ts";
import type { ModelProtocol, ModelServerOptions } from "./provider-options.ts";

/** Environment variables, as a plain object. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** All that is needed to call a server, and to speak of it without telling its secrets. */
export interface Connection {
  /** What stands before the `:`. */
  readonly provider: string;
  readonly speaks: ModelProtocol;
  readonly baseURL: string;
  readonly host: string;
  readonly key: string | null;
  /** Where the key is to be set, in words; null where none is needed. */
  readonly keyPlace: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The id of the price list its tokens are paid by, or null. */
  readonly prices: string | null;
  readonly fetch: typeof globalThis.fetch | null;
}

/** What was asked for, and with what. */
export interface Wanted {
  readonly provider: string;
  readonly model: string;
  /** What is known of the provider without options; null for a name of the user's own. */
  readonly known: KnownProvider | null;
  readonly options: ModelServerOptions;
  readonly env: Environment;
}

/**
 * Where the calls of a provider go, and with which key.
 *
 * @throws {FlujoError} `api_key_missing`, `model_unknown` (no base URL), `usage_invalid` (a base URL or a key that is
 * none): all before anything is sent.
 */
export function connect(wanted: Wanted): Connection {
  const { provider, known, options } = wanted;
  const speaks = options.speaks ?? known?.speaks ?? "openai-compatible";
  const { text, urlPlace, keys } = addressOf(wanted);
  const url = parseBaseUrl(text, { place: urlPlace, speaks });
  const key = keyOf(wanted, keys);
  const isOwnPlace = options.baseURL !== undefined || known === null;
  return {
    provider,
    speaks,
    baseURL: url.href.replace(/\/$/, ""),
    host: url.host,
    key,
    keyPlace: options.apiKey !== undefined || isOwnPlace ? `\`apiKey\` of the provider "${provider}"` : (keys[0] ?? ""),
    headers: options.headers ?? {},
    prices: options.prices ?? PRICED_HOSTS.get(url.host) ?? null,
    fetch: options.fetch ?? null,
  };
}

/** By what a model that is reached so is priced. */
export function tariffAt({ prices }: Connection, model: string): Tariff {
  return prices === null ? { kind: "unknown" } : { kind: "listed", provider: prices, model };
}

interface Address {
  readonly text: string;
  readonly urlPlace: string;
  /** Variables that may hold the key that belongs to it. */
  readonly keys: readonly string[];
}

function addressOf({ provider, model, known, options, env }: Wanted): Address {
  const label = `${provider}:${model}`;
  if (options.baseURL !== undefined) return { text: options.baseURL, urlPlace: `\`baseURL\` of the provider "${provider}"`, keys: [] };
  for (const endpoint of known?.endpoints ?? []) {
    const text = setting(env, endpoint.urlVariable) ?? endpoint.defaultUrl;
    if (text !== null) return { text, urlPlace: endpoint.urlVariable, keys: endpoint.keyVariables };
  }
  const variable = known?.endpoints[0]?.urlVariable;
  if (variable === undefined) {
    throw new FlujoError("usage_invalid", `The provider "${provider}" has no address.`, {
      details: { provider, model: label },
      remedy: `Give it a \`baseURL\`, for example \`providers: { ${JSON.stringify(provider)}: { baseURL: "http://127.0.0.1:8000/v1" } }\`.`,
    });
  }
  throw new FlujoError("model_unknown", `${label} needs the address of a server, and ${variable} is not set.`, {
    details: { variable, model: label },
    remedy: `Set ${variable}, for example to http://127.0.0.1:8000/v1.`,
  });
}

function keyOf({ provider, model, known, options, env }: Wanted, variables: readonly string[]): string | null {
  const set = variables.find((variable) => setting(env, variable) !== null);
  const key = options.apiKey?.trim() ?? (set === undefined ? null : setting(env, set));
  if (key === null || key === "") {
    if (known?.keyRequired !== true || options.baseURL !== undefined) return null;
    const [first = "", ...others] = variables;
    const instead = others.length === 0 ? "" : ` (nor ${others.join(", ")})`;
    throw new FlujoError("api_key_missing", `${provider}:${model} needs an API key, and ${first} is not set${instead}.`, {
      details: { variable: first, model: `${provider}:${model}` },
      remedy: `Set ${first}, or use \`--model offline:extract\` to try it without a key.`,
    });
  }
  if (SENDABLE_KEY.test(key)) return key;
  const place = options.apiKey === undefined ? (set ?? "") : `\`apiKey\` of the provider "${provider}"`;
  throw new FlujoError("usage_invalid", `${place} holds something that cannot be an API key.`, {
    details: { variable: place },
    remedy: "Set it to the key alone: no spaces, no line breaks, no quotes, plain letters.",
  });
}

/** What a header can carry. The HTTP client would quote any other key in its error. */
const SENDABLE_KEY = /^[\x21-\x7e]+$/;

/** The value is not repeated in messages: it may hold a password. */
function parseBaseUrl(text: string, { place, speaks }: { readonly place: string; readonly speaks: ModelProtocol }): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new FlujoError("usage_invalid", `${place} is not the address of a server.`, {
      remedy: "Set it to a URL such as http://127.0.0.1:8000/v1.",
    });
  }
  if (url.username !== "" || url.password !== "") {
    throw new FlujoError("usage_invalid", `${place} holds a user name or password.`, {
      remedy: "Take it out of the URL and set the API key instead.",
    });
  }
  if (url.pathname === "/") url.pathname = VERSION_PATHS[speaks] ?? "/";
  return url;
}

/** A variable that is set to nothing is not set; a line break at the end of a key comes from a file and is no part of it. */
function setting(env: Environment, variable: string): string | null {
  const value = env[variable]?.trim();
  return value === undefined || value === "" ? null : value;
}
