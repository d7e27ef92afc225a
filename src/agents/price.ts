import type { Usage as PricedUsage } from "@pydantic/genai-prices";
import { type Cost, FREE, UNKNOWN_COST } from "../model/cost.ts";
import type { Usage } from "../model/usage.ts";
import { parseReference } from "./parse-reference.ts";

/** By what a model's tokens are priced. */
export type Tariff =
  /** Nothing to pay: the model runs in this process. */
  | { readonly kind: "free" }
  /** Nobody here knows: a server of one's own, a proxy, a model object of an unknown make. */
  | { readonly kind: "unknown" }
  /** The price list of a provider, by that list's own id. */
  | { readonly kind: "listed"; readonly provider: string; readonly model: string };

const UNKNOWN_TARIFF: Tariff = { kind: "unknown" };
const NANO_PER_USD = 1_000_000_000;

/**
 * The provider of a reference, or of a model object of the AI SDK, to the id of its price list. Exact on purpose: the
 * price table's own matching takes `my-openai-proxy` for OpenAI.
 */
const PRICE_LISTS: ReadonlyMap<string, string> = new Map([
  ...["openai", "openai.responses", "openai.chat", "openai.completion"].map((name) => [name, "openai"] as const),
  ...["anthropic", "anthropic.messages"].map((name) => [name, "anthropic"] as const),
  ...["google", "google.generative-ai", "google.vertex.chat"].map((name) => [name, "google"] as const),
  ...["azure", "azure.responses", "azure.chat"].map((name) => [name, "azure"] as const),
  ...["mistral", "mistral.chat"].map((name) => [name, "mistral"] as const),
  ...["groq", "groq.chat"].map((name) => [name, "groq"] as const),
  ...["deepseek", "deepseek.chat"].map((name) => [name, "deepseek"] as const),
  ...["xai", "xai.chat", "xai.responses"].map((name) => [name, "x-ai"] as const),
]);

/**
 * What prices a model: a reference (`openai:gpt-5-mini`), or a model object by its `provider` and `modelId`. A model
 * object that was given another base URL still says the provider's name, and is priced by it.
 */
export function tariffOf(reference: string | object): Tariff {
  const named = typeof reference === "string" ? parseReference(reference) : namesOf(reference);
  if (named === null) return UNKNOWN_TARIFF;
  if (named.provider === "offline") return { kind: "free" };
  const provider = PRICE_LISTS.get(named.provider);
  return provider === undefined ? UNKNOWN_TARIFF : { kind: "listed", provider, model: named.model };
}

function namesOf(model: object): { readonly provider: string; readonly model: string } | null {
  if (!("provider" in model) || !("modelId" in model)) return null;
  const { provider, modelId } = model;
  return typeof provider === "string" && typeof modelId === "string" ? { provider, model: modelId } : null;
}

/**
 * What the usage costs by the price list of the model's provider: `exact`, `free` (offline), or `unknown` where there
 * is no price; never 0 for want of one. A string of the form `provider:model` is taken to go to that provider itself.
 */
export function priceOf(usage: Usage, reference: string | object): Promise<Cost> {
  return priceAt(usage, tariffOf(reference));
}

/** What the same tokens would cost with another model: as {@link priceOf}, but `estimated`. */
export async function estimateCost(usage: Usage, reference: string): Promise<Cost> {
  return asEstimate(await priceOf(usage, reference));
}

/** A cost whose tokens were counted or guessed here. What is free or unknown stays so. */
export function asEstimate(cost: Cost): Cost {
  return cost.kind === "exact" ? { kind: "estimated", nanoUsd: cost.nanoUsd } : cost;
}

/** {@link priceOf} for a tariff that is known already. The table (30 ms, 20 MB) loads with the first listed price. */
export async function priceAt(usage: Usage, tariff: Tariff): Promise<Cost> {
  return (await pricingOf(tariff))(usage);
}

/** What usage costs, at once. */
export type Pricing = (usage: Usage) => Cost;

/** The pricing of a tariff. Loads the table for the first listed price. */
export async function pricingOf(tariff: Tariff): Promise<Pricing> {
  if (tariff.kind === "free") return () => FREE;
  if (tariff.kind === "unknown") return () => UNKNOWN_COST;
  const { calcPrice } = await import("@pydantic/genai-prices");
  return (usage) => listedPrice(usage, tariff, calcPrice);
}

function listedPrice(
  usage: Usage,
  tariff: Extract<Tariff, { readonly kind: "listed" }>,
  calcPrice: typeof import("@pydantic/genai-prices").calcPrice,
): Cost {
  const found = calcPrice(toPriced(usage), tariff.model, { providerId: tariff.provider });
  if (found === null) return UNKNOWN_COST;
  // Some models stand in the table without prices; their sum would come out as 0.
  const { input_mtok: input, output_mtok: output } = found.model_price;
  if ((usage.inputTokens > 0 && input === undefined) || (usage.outputTokens > 0 && output === undefined)) return UNKNOWN_COST;
  const nanoUsd = Math.round(found.total_price * NANO_PER_USD);
  return Number.isSafeInteger(nanoUsd) && nanoUsd >= 0 ? { kind: "exact", nanoUsd } : UNKNOWN_COST;
}

/** Reasoning is part of the tokens out, so it is not named again. */
function toPriced(usage: Usage): PricedUsage {
  return {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
  };
}
