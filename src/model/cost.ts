/**
 * What something cost, in nano-dollars (1 dollar = 1,000,000,000), as a safe integer.
 *
 * - `exact`: the provider's own token counts at a known price;
 * - `estimated`: a known price, but tokens that were counted or guessed here;
 * - `free`: there is no price to pay (no model call, or a model that runs here);
 * - `unknown`: the price is not known. It is never 0 and never hidden in a sum.
 */
export type Cost =
  | { readonly kind: "exact"; readonly nanoUsd: number }
  | { readonly kind: "estimated"; readonly nanoUsd: number }
  | { readonly kind: "free" }
  | { readonly kind: "unknown" };

/** No price to pay. */
export const FREE: Cost = Object.freeze({ kind: "free" });

/** A price that is not known. */
export const UNKNOWN_COST: Cost = Object.freeze({ kind: "unknown" });

/**
 * The sum: one unknown makes it unknown, one estimate makes it an estimate, what is free changes nothing.
 *
 * @throws {RangeError} When the sum leaves the safe integers (about 9 million dollars).
 */
export function addCost(a: Cost, b: Cost): Cost {
  if (b.kind === "free" || a.kind === "unknown") return a;
  if (a.kind === "free" || b.kind === "unknown") return b;
  const nanoUsd = a.nanoUsd + b.nanoUsd;
  if (!Number.isSafeInteger(nanoUsd)) throw new RangeError("The sum of costs is beyond the safe integers.");
  return { kind: a.kind === "exact" && b.kind === "exact" ? "exact" : "estimated", nanoUsd };
}
