import type { LanguageModelV4 } from "@ai-sdk/provider";
import { FlujoError, messageOf } from "../base/errors.ts";
import { connect, type Environment, tariffAt } from "./connection.ts";
import { KNOWN_PROVIDERS } from "./known-providers.ts";
import { asCurrent, isLanguageModel } from "./language-model.ts";
import { openModel } from "./open-model.ts";
import { type ModelReference, parseReference } from "./parse-reference.ts";
import { type Tariff, tariffOf } from "./price.ts";
import type { ModelProvider, ModelServerOptions, ProviderOptions } from "./provider-options.ts";
import { OFFLINE_MODEL, refuseBare, refuseProvider } from "./refuse-reference.ts";

/** A language model object of the AI SDK, or a function that makes one; it is called once, at the first use. */
export type RegisteredModel = object | (() => object | Promise<object>);

/** Where models come from. */
export interface ModelSources {
  /** Environment variables: base URLs and keys. */
  readonly env: Environment;
  /** Models under names of one's own, with or without a `:`. They win over all providers. */
  readonly models: Readonly<Record<string, RegisteredModel>>;
  /** Providers under names of one's own, or other settings for those built in. */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
}

/** A model that can be called, and what is known about where its calls go. */
export interface ResolvedModel {
  readonly model: LanguageModelV4;
  /** How messages name it: `openai:gpt-5-mini`. */
  readonly label: string;
  readonly tariff: Tariff;
  /** Host and port the calls go to; null where it is not known or there is none. */
  readonly host: string | null;
  /** Where the key is set, in words: a variable, an option; null where it is not known. */
  readonly keyPlace: string | null;
  /** Keys and headers, so that no message can repeat them. */
  readonly secrets: readonly string[];
  /** Whether it can be told that a person refused a tool call; models of specification v2 cannot. */
  readonly takesDenials: boolean;
}

/** Makes of a reference, or of a model object, something that can be called. */
export type ModelResolver = (reference: string | object) => Promise<ResolvedModel>;

/**
 * A resolver that remembers: each reference is resolved once, and again only if that failed.
 *
 * A string never reaches the AI SDK, which would send the prompt of a bare model name to its vendor's gateway.
 *
 * The resolver throws FlujoError `model_unknown`, `api_key_missing`, `package_missing` or `usage_invalid`, all before
 * anything is sent.
 */
export function createModelResolver(sources: ModelSources): ModelResolver {
  const known = new Map<string, Promise<ResolvedModel>>();
  const opened = new Map<string, Promise<unknown>>();
  return async (reference) => {
    if (typeof reference !== "string") return describeObject(reference, labelOf(reference));
    return remembering(known, reference, () => resolveName(reference, { sources, opened }));
  };
}

/** Whether a call of this model goes to a server that a reference names. Where objects of the author's lead, nobody here knows. */
export function leadsToServer(reference: string | object, { models, providers = {} }: ModelSources): reference is string {
  if (typeof reference !== "string" || Object.hasOwn(models, reference)) return false;
  const named = parseReference(reference);
  if (named === null || named.provider === "offline") return false;
  const given = ownOf(providers, named.provider);
  if (isProvider(given) || typeof given === "function") return false;
  return given !== undefined || KNOWN_PROVIDERS.has(named.provider);
}

/** A key may be set, a package installed, by the next time: what failed is forgotten. */
async function remembering<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const before = known.get(name);
  if (before !== undefined) return before;
  const making = make();
  known.set(name, making);
  try {
    return await making;
  } catch (error) {
    known.delete(name);
    throw error;
  }
}

interface Resolving {
  readonly sources: ModelSources;
  /** What functions registered as providers have given. */
  readonly opened: Map<string, Promise<unknown>>;
}

async function resolveName(reference: string, resolving: Resolving): Promise<ResolvedModel> {
  const { sources } = resolving;
  if (Object.hasOwn(sources.models, reference)) return openRegistered(reference, sources.models[reference]);
  const named = parseReference(reference);
  if (named === null) throw refuseBare(reference, sources);
  if (named.provider === "offline") return openOffline(reference, named.model);
  const given = ownOf(sources.providers ?? {}, named.provider);
  if (isProvider(given) || typeof given === "function") return openProvided(named, { options: given, resolving });
  const known = KNOWN_PROVIDERS.get(named.provider) ?? null;
  if (known === null && given === undefined) throw refuseProvider(reference, { provider: named.provider, sources });
  return openServer(named, { known, options: given ?? {}, env: sources.env });
}

/** What an object holds itself: a provider may be called as something that all objects inherit. */
function ownOf<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

type ServerOf = Omit<Parameters<typeof connect>[0], keyof ModelReference> & { readonly options: ModelServerOptions };

async function openServer(named: ModelReference, server: ServerOf): Promise<ResolvedModel> {
  const connection = connect({ ...named, ...server });
  const { host, keyPlace, key, headers } = connection;
  return {
    model: await openModel(connection, named.model),
    label: `${named.provider}:${named.model}`,
    tariff: tariffAt(connection, named.model),
    host,
    keyPlace,
    secrets: [...(key === null ? [] : [key]), ...Object.values(headers).filter((value) => value.length >= SHORTEST_SECRET)],
    takesDenials: true,
  };
}

/** A shorter header value is a word that any message may hold. */
const SHORTEST_SECRET = 6;

async function openProvided(
  { provider, model }: ModelReference,
  { options, resolving }: { readonly options: ModelProvider | (() => unknown); readonly resolving: Resolving },
): Promise<ResolvedModel> {
  const made = isProvider(options)
    ? options
    : await remembering(resolving.opened, provider, () => callMaker("provider", provider, options));
  if (!isProvider(made)) {
    throw new FlujoError("model_unknown", `What is registered as the provider "${provider}" is no provider of the AI SDK.`, {
      remedy: "Give what `createMistral()` and the like give, a function that gives it, or a server: `{ baseURL }`.",
    });
  }
  const label = `${provider}:${model}`;
  try {
    return await describeObject(made.languageModel(model), label);
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw new FlujoError("model_unknown", `The provider "${provider}" has no model "${model}": ${messageOf(cause)}`, { cause });
  }
}

function isProvider(value: unknown): value is ModelProvider {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return "languageModel" in value && typeof value.languageModel === "function";
}

async function openRegistered(name: string, registered: RegisteredModel | undefined): Promise<ResolvedModel> {
  if (typeof registered !== "function") return describeObject(registered, name);
  return describeObject(await callMaker("model", name, registered as () => unknown), name);
}

async function callMaker(what: "model" | "provider", name: string, make: () => unknown): Promise<unknown> {
  try {
    return await make();
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw new FlujoError("model_unknown", `The function registered as ${what} "${name}" failed: ${messageOf(cause)}`, {
      cause,
      remedy: "Mend the function.",
    });
  }
}

async function openOffline(reference: string, model: string): Promise<ResolvedModel> {
  if (model !== OFFLINE_MODEL) {
    const remedy = `Use \`offline:${OFFLINE_MODEL}\`.`;
    throw new FlujoError("model_unknown", `There is no offline model "${model}".`, { details: { model: reference }, remedy });
  }
  const { offlineExtract } = await import("./offline/index.ts");
  return describeObject(offlineExtract(), reference);
}

async function describeObject(model: unknown, label: string): Promise<ResolvedModel> {
  if (!isLanguageModel(model)) {
    throw new FlujoError("model_unknown", `${label} is not a language model of the AI SDK.`, {
      remedy: "Give a model object such as `openai('gpt-5-mini')` from @ai-sdk/openai, or a reference such as `openai:gpt-5-mini`.",
    });
  }
  const takesDenials = model.specificationVersion !== "v2";
  const about = { label, tariff: tariffOf(model), host: null, keyPlace: null, secrets: [], takesDenials };
  return { model: await asCurrent(model), ...about };
}

function labelOf(model: object): string {
  const provider = "provider" in model && typeof model.provider === "string" ? model.provider : null;
  const modelId = "modelId" in model && typeof model.modelId === "string" ? model.modelId : null;
  return provider === null || modelId === null ? "The object given as the model" : `${provider}:${modelId}`;
}
