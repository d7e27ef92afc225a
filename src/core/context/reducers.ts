import { canonicalJson, isJson } from "../../base/json.ts";
import type { ReducerName } from "../../model/patch.ts";

/** What a field becomes by one contribution. A field that is not there yet begins empty, at zero, or as the contribution. */
export function reduceField(reducer: ReducerName, before: unknown, contribution: unknown): unknown {
  switch (reducer) {
    case "append":
      return [...listOf(before), ...listOf(contribution)];
    case "union":
      return unionOf(listOf(before), listOf(contribution));
    case "sum":
      return addNumbers(before ?? (typeof contribution === "bigint" ? 0n : 0), contribution);
    case "max":
      return before === undefined || before === null || isLess(before, contribution) ? contribution : before;
    case "min":
      return before === undefined || before === null || isLess(contribution, before) ? contribution : before;
  }
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function unionOf(before: readonly unknown[], added: readonly unknown[]): readonly unknown[] {
  const seen = new Set(before.map(identityOf));
  const result = [...before];
  for (const item of added) {
    const identity = identityOf(item);
    if (seen.has(identity)) continue;
    seen.add(identity);
    result.push(item);
  }
  return result;
}

/** Equal data counts as the same item; what JSON cannot say is the same only as itself. */
function identityOf(item: unknown): unknown {
  if (item instanceof Date) return `date ${item.getTime()}`;
  return typeof item === "object" && item !== null && isJson(item)
    ? `json ${canonicalJson(item)}`
    : typeof item === "string"
      ? `text ${item}`
      : item;
}

function addNumbers(a: unknown, b: unknown): unknown {
  if (typeof a === "bigint" && typeof b === "bigint") return a + b;
  return Number(a) + Number(b);
}

function isLess(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() < b.getTime();
  if (typeof a === "string" && typeof b === "string") return a < b;
  if (typeof a === "bigint" && typeof b === "bigint") return a < b;
  return Number(a) < Number(b);
}
