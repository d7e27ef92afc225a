import { FlujoError } from "../base/errors.ts";
import { didYouMean } from "../base/near-names.ts";
import { KNOWN_PROVIDERS } from "./known-providers.ts";

/** The one offline model there is. */
export const OFFLINE_MODEL = "extract";

/** The names there are. */
export interface KnownNames {
  readonly models: Readonly<Record<string, unknown>>;
  readonly providers?: Readonly<Record<string, unknown>>;
}

/** Why a reference without a provider, or without a model, leads nowhere, and what may have been meant. */
export function refuseBare(reference: string, names: KnownNames): FlujoError {
  const providers = providersIn(names);
  const name = reference.replace(/:$/, "");
  const isProvider = providers.includes(name);
  const says = isProvider ? `"${reference}" names a provider, but no model of it.` : `"${reference}" names no provider.`;
  return new FlujoError("model_unknown", `${says}${isProvider ? "" : suggestFor(name, names)}`, {
    details: { model: reference, providers, models: Object.keys(names.models) },
    ...(isProvider ? { remedy: `Write it as provider:model, for example \`${exampleOf(name)}\`.` } : {}),
  });
}

/** Why a reference to a provider that is not there leads nowhere, and which there are. */
export function refuseProvider(
  reference: string,
  { provider, sources }: { readonly provider: string; readonly sources: KnownNames },
): FlujoError {
  const providers = providersIn(sources);
  const registered = Object.keys(sources.models);
  const there = `Those there are: ${[...providers.map((name) => `${name}:`), ...registered].join(", ")}.`;
  const near = didYouMean(provider, [...providers, ...registered]) || didYouMean(reference, registered);
  return new FlujoError("model_unknown", `There is no provider "${provider}" for the model "${reference}".${near} ${there}`, {
    details: { model: reference, providers, models: registered },
    remedy: "Use one of them, name a server in `providers`, or give a model object of the AI SDK as the model.",
  });
}

function providersIn({ providers = {} }: KnownNames): readonly string[] {
  return [...new Set(["offline", ...KNOWN_PROVIDERS.keys(), ...Object.keys(providers)])];
}

/** By how the models of a provider are called. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^(gpt|chatgpt|o\d)/i, "openai"],
  [/^claude/i, "anthropic"],
  [/^gem(ini|ma)/i, "google"],
];

/** What a model named so is likely to be reached by. */
function suggestFor(name: string, names: KnownNames): string {
  const family = FAMILIES.find(([looks]) => looks.test(name))?.[1];
  if (family !== undefined) return ` Did you mean "${family}:${name}"?`;
  if (name === OFFLINE_MODEL) return ` Did you mean "offline:${OFFLINE_MODEL}"?`;
  const examples = ["offline", ...KNOWN_PROVIDERS.keys()].map(exampleOf);
  return didYouMean(name, [...Object.keys(names.models), ...examples]);
}

function exampleOf(provider: string): string {
  return `${provider}:${provider === "offline" ? OFFLINE_MODEL : (KNOWN_PROVIDERS.get(provider)?.example ?? "MODEL")}`;
}
