import { FlujoError, messageOf } from "../base/errors.ts";
import { isLanguageModel } from "./ai-sdk.ts";
import { didYouMean } from "../base/near-names.ts";
import { parseReference } from "./parse-reference.ts";
import { tariffOf } from "./price.ts";
import { CHAT_PROVIDER_EXAMPLES, type Environment, openChatModel, type ResolvedModel } from "./providers.ts";

/** A language model object of the AI SDK, or a function that makes one; it is called once, at the first use. */
export type RegisteredModel = object | (() => object | Promise<object>);

/** Where models come from. */
export interface ModelSources {
  /** Environment variables: base URLs and keys. */
  readonly env: Environment;
  /** Models under names of one's own, with or without a `:`. They win over the providers built in. */
  readonly models: Readonly<Record<string, RegisteredModel>>;
}

/** Makes of a reference, or of a model object, something that can be called. */
export type ModelResolver = (reference: string | object) => Promise<ResolvedModel>;

const OFFLINE_MODEL = "extract";

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
  return async (reference) => {
    if (typeof reference !== "string") return describeObject(reference, labelOf(reference));
    const before = known.get(reference);
    if (before !== undefined) return before;
    const resolving = resolveName(reference, sources);
    known.set(reference, resolving);
    try {
      return await resolving;
    } catch (error) {
      known.delete(reference); // a key may be set, a package installed, by the next time
      throw error;
    }
  };
}

async function resolveName(reference: string, sources: ModelSources): Promise<ResolvedModel> {
  if (Object.hasOwn(sources.models, reference)) return openRegistered(reference, sources.models[reference]);
  const named = parseReference(reference);
  if (named === null) throw refuseBare(reference, sources);
  if (named.provider === "offline") return openOffline(reference, named.model);
  if (CHAT_PROVIDER_EXAMPLES.has(named.provider)) return openChatModel(named, sources.env);
  throw refuseProvider(reference, { provider: named.provider, sources });
}

async function openRegistered(name: string, registered: RegisteredModel | undefined): Promise<ResolvedModel> {
  if (typeof registered !== "function") return describeObject(registered, name);
  let made: unknown;
  try {
    made = await (registered as () => unknown)();
  } catch (cause) {
    if (FlujoError.is(cause)) throw cause;
    throw new FlujoError("model_unknown", `The function registered as model "${name}" failed: ${messageOf(cause)}`, {
      cause,
      remedy: "Mend the function.",
    });
  }
  return describeObject(made, name);
}

async function openOffline(reference: string, model: string): Promise<ResolvedModel> {
  if (model !== OFFLINE_MODEL) {
    const remedy = `Use \`offline:${OFFLINE_MODEL}\`.`;
    throw new FlujoError("model_unknown", `There is no offline model "${model}".`, { details: { model: reference }, remedy });
  }
  const { offlineExtract } = await import("./offline/index.ts");
  return describeObject(offlineExtract(), reference);
}

function describeObject(model: unknown, label: string): ResolvedModel {
  if (!isLanguageModel(model)) {
    throw new FlujoError("model_unknown", `${label} is not a language model of the AI SDK.`, {
      remedy: "Give a model object such as `openai('gpt-5-mini')` from @ai-sdk/openai, or a reference such as `openai:gpt-5-mini`.",
    });
  }
  return { model, label, tariff: tariffOf(model), host: null, keyVariable: null, secrets: [] };
}

function labelOf(model: object): string {
  const provider = "provider" in model && typeof model.provider === "string" ? model.provider : null;
  const modelId = "modelId" in model && typeof model.modelId === "string" ? model.modelId : null;
  return provider === null || modelId === null ? "The object given as the model" : `${provider}:${modelId}`;
}

function refuseBare(reference: string, sources: ModelSources): FlujoError {
  const builtIn = ["offline", ...CHAT_PROVIDER_EXAMPLES.keys()];
  const name = reference.replace(/:$/, "");
  const isProvider = builtIn.includes(name);
  const says = isProvider ? `"${reference}" names a provider, but no model of it.` : `"${reference}" names no provider.`;
  return new FlujoError("model_unknown", `${says}${isProvider ? "" : suggestFor(name, sources)}`, {
    details: { model: reference, providers: builtIn, models: Object.keys(sources.models) },
    ...(isProvider ? { remedy: `Write it as provider:model, for example \`${exampleOf(name)}\`.` } : {}),
  });
}

/** What a model named so is likely to be reached by. */
function suggestFor(name: string, sources: ModelSources): string {
  if (/^(gpt|chatgpt|o\d)/i.test(name)) return ` Did you mean "openai:${name}"?`;
  if (name === OFFLINE_MODEL) return ` Did you mean "offline:${OFFLINE_MODEL}"?`;
  return didYouMean(name, [...Object.keys(sources.models), ...examples()]);
}

function refuseProvider(
  reference: string,
  { provider, sources }: { readonly provider: string; readonly sources: ModelSources },
): FlujoError {
  const providers = ["offline", ...CHAT_PROVIDER_EXAMPLES.keys()];
  const registered = Object.keys(sources.models);
  const there = `Those there are: ${[...providers.map((name) => `${name}:`), ...registered].join(", ")}.`;
  const near = didYouMean(provider, [...providers, ...registered]) || didYouMean(reference, registered);
  return new FlujoError("model_unknown", `There is no provider "${provider}" for the model "${reference}".${near} ${there}`, {
    details: { model: reference, providers, models: registered },
    remedy: "Use one of them, or give a model object of the AI SDK as the model.",
  });
}

function examples(): readonly string[] {
  return ["offline", ...CHAT_PROVIDER_EXAMPLES.keys()].map(exampleOf);
}

function exampleOf(provider: string): string {
  return `${provider}:${CHAT_PROVIDER_EXAMPLES.get(provider) ?? OFFLINE_MODEL}`;
}
