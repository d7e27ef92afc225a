import type { Json } from "../../base/json.ts";
import type { Cost } from "../../model/cost.ts";
import { NO_USAGE, type Usage } from "../../model/usage.ts";
import type { Sheet, Spot } from "./spot.ts";

/** What was used, without what is 0. */
export function usageTree(usage: Usage): Json {
  return Object.fromEntries(COUNTS.map((count) => [count, usage[count]] as const).filter(([, used]) => used !== 0));
}

const COUNTS = [
  "inputTokens",
  "cachedInputTokens",
  "cacheWriteTokens",
  "outputTokens",
  "reasoningTokens",
  "modelCalls",
  "toolCalls",
] as const satisfies readonly (keyof Usage)[];

/** What {@link usageTree} wrote. @throws {FlujoError} `golden_unreadable` */
export function readUsage(sheet: Sheet, spot: Spot): Usage {
  const fields = sheet.fieldsAt(spot, "usage", COUNTS);
  const count = (name: keyof Usage): number => {
    const found = fields.get(name);
    return found === null ? 0 : sheet.wholeAt(found, name);
  };
  return {
    ...NO_USAGE,
    inputTokens: count("inputTokens"),
    cachedInputTokens: count("cachedInputTokens"),
    cacheWriteTokens: count("cacheWriteTokens"),
    outputTokens: count("outputTokens"),
    reasoningTokens: count("reasoningTokens"),
    modelCalls: count("modelCalls"),
    toolCalls: count("toolCalls"),
  };
}

/** A cost in dollars, to the last nano-dollar: `$0.000123`, `$0.02 estimated`, `free`, `unknown`. */
export function costText(cost: Cost): string {
  if (cost.kind === "free" || cost.kind === "unknown") return cost.kind;
  const digits = String(cost.nanoUsd).padStart(10, "0");
  const cents = digits.slice(-9).replace(/0+$/, "");
  return `$${digits.slice(0, -9)}${cents === "" ? "" : `.${cents}`}${cost.kind === "exact" ? "" : " estimated"}`;
}

/** What {@link costText} wrote. @throws {FlujoError} `golden_unreadable` */
export function readCost(sheet: Sheet, spot: Spot): Cost {
  if (spot.is === "free" || spot.is === "unknown") return { kind: spot.is };
  const [, dollars, rest = "", estimated] = /^\$(\d+)(?:\.(\d{1,9}))?( estimated)?$/.exec(sheet.textAt(spot, "cost")) ?? [];
  const nanoUsd = dollars === undefined ? Number.NaN : Number(dollars + rest.padEnd(9, "0"));
  if (!Number.isSafeInteger(nanoUsd))
    throw sheet.fault(spot.offset, "`cost` should be dollars with at most nine decimals ($0.000123, $0.02 estimated), free or unknown.");
  return { kind: estimated === undefined ? "exact" : "estimated", nanoUsd };
}
