import { nearNames } from "../base/near-names.ts";
import type { Tariff } from "./price.ts";

/**
 * Models of the same provider that are called much alike, nearest first, from the price table: it knows some, and asks
 * nobody. Empty where the provider has no list there.
 */
export async function nearModels(tariff: Tariff): Promise<readonly string[]> {
  if (tariff.kind !== "listed") return [];
  const { findProvider } = await import("@pydantic/genai-prices");
  const listed = findProvider({ providerId: tariff.provider })?.models ?? [];
  const names = listed.map(({ id }) => id).filter((id) => id !== tariff.model);
  const wanted = tariff.model.toLowerCase();
  // Models are called by family and version, so that one name often begins with another: the longest of those is meant.
  const near = nearNames(
    wanted,
    names.filter((name) => !wanted.startsWith(name.toLowerCase())),
  );
  const begins = names.filter((name) => wanted.startsWith(name.toLowerCase())).sort((a, b) => b.length - a.length);
  return [...near, ...begins].slice(0, 3);
}
