import type { Clock } from "../base/clock.ts";
import { FlujoError } from "../base/errors.ts";
import { complaintOf, type ProviderFacts, type Reach } from "../model/examination.ts";
import { askServer } from "./ask-server.ts";
import { type Connection, connect, type Environment } from "./connection.ts";
import { examinePackage } from "./examine-package.ts";
import { type Endpoint, KNOWN_PROVIDERS, type KnownProvider } from "./known-providers.ts";
import type { ModelServerOptions, ProviderOptions } from "./provider-options.ts";
import { PROVIDER_PACKAGES } from "./provider-packages.ts";

/** What is looked at, and how. */
export interface ProviderExamination {
  readonly env: Environment;
  readonly providers: Readonly<Record<string, ProviderOptions>>;
  /** Whether servers elsewhere are asked too; those on this machine are asked in any case. */
  readonly ping: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal | null;
}

/** Long enough for a slow line; a server on this machine answers at once, unless the machine is busy. */
const PING_MS = 5_000;
const LOCAL_MS = 3_000;

/** How each provider is set up that is known, by name or from the options; all are asked at the same time. */
export async function examineProviders(wanted: ProviderExamination): Promise<readonly ProviderFacts[]> {
  const names = [...new Set([...KNOWN_PROVIDERS.keys(), ...Object.keys(wanted.providers)])];
  return Promise.all(names.map((name) => examineOne(name, wanted)));
}

async function examineOne(name: string, wanted: ProviderExamination): Promise<ProviderFacts> {
  const options = Object.hasOwn(wanted.providers, name) ? wanted.providers[name] : undefined;
  if (typeof options === "function" || (options !== undefined && "languageModel" in options)) return givenInCode(name);
  const known = KNOWN_PROVIDERS.get(name) ?? null;
  const found = lookAt(name, { known, options: options ?? {}, env: wanted.env });
  return { ...found.facts, reach: await reachOf(name, found.connection, wanted) };
}

function givenInCode(name: string): ProviderFacts {
  const key = { isNeeded: false, setIn: null, variables: [] };
  return { name, package: null, key, baseURL: null, urlVariable: null, problem: null, reach: null };
}

interface Settings {
  readonly known: KnownProvider | null;
  readonly options: ModelServerOptions;
  readonly env: Environment;
}

interface Found {
  readonly facts: Omit<ProviderFacts, "reach">;
  /** Null where calls cannot be made. */
  readonly connection: Connection | null;
}

function lookAt(name: string, { known, options, env }: Settings): Found {
  const speaks = options.speaks ?? known?.speaks ?? "openai-compatible";
  const endpoint = options.baseURL === undefined ? endpointIn(known, env) : null;
  const variables = endpoint?.keyVariables ?? [];
  const setIn = options.apiKey === undefined ? (variables.find((variable) => isSet(env, variable)) ?? null) : "`apiKey`";
  const tried = attempt(() => connect({ provider: name, model: known?.example ?? "MODEL", known, options, env }));
  const isKeyMissing = FlujoError.is(tried, "api_key_missing");
  // The address can be told although there is no key yet. What stands in for the key goes nowhere.
  const place = isKeyMissing
    ? attempt(() => connect({ provider: name, model: "MODEL", known, options: { ...options, apiKey: "none" }, env }))
    : tried;
  const isUnset = FlujoError.is(tried, "model_unknown"); // nobody has said where it is
  return {
    facts: {
      name,
      package: examinePackage(PROVIDER_PACKAGES[speaks]),
      key: { isNeeded: known?.keyRequired === true && options.baseURL === undefined, setIn, variables },
      baseURL: place instanceof Error ? null : withoutSecrets(place.baseURL),
      urlVariable: endpoint?.urlVariable ?? known?.endpoints[0]?.urlVariable ?? null,
      problem: tried instanceof Error && !isKeyMissing && !isUnset ? complaintOf(tried, "usage_invalid") : null,
    },
    connection: tried instanceof Error ? null : tried,
  };
}

function endpointIn(known: KnownProvider | null, env: Environment): Endpoint | null {
  return known?.endpoints.find(({ urlVariable, defaultUrl }) => defaultUrl !== null || isSet(env, urlVariable)) ?? null;
}

function isSet(env: Environment, variable: string): boolean {
  return (env[variable]?.trim() ?? "") !== "";
}

function attempt(make: () => Connection): Connection | Error {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

function withoutSecrets(baseURL: string): string {
  const { origin, pathname } = new URL(baseURL);
  return `${origin}${pathname.replace(/\/$/, "")}`;
}

async function reachOf(name: string, connection: Connection | null, { ping, clock, signal }: ProviderExamination): Promise<Reach | null> {
  if (connection === null) return null;
  const isLocal = (name === "ollama" || name === "lmstudio") && isThisMachine(connection.baseURL);
  if (!ping && !isLocal) return null;
  return askServer(connection, { timeoutMs: isLocal && !ping ? LOCAL_MS : PING_MS, clock, signal });
}

function isThisMachine(baseURL: string): boolean {
  const { hostname } = new URL(baseURL);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}
