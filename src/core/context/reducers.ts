import type { ReducerName } from "../../model/patch.ts";
import { sayingOf } from "./saying.ts";

/** What a field becomes by one contribution. A field that is not there yet begins empty, at zero, or as the contribution. */
export function reduceField(reducer: Exclude<ReducerName, "own">, before: unknown, contribution: unknown): unknown {
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

/** Equal data counts as the same item. What is no data is like nothing, not even itself: after a resume it is another object. */
function identityOf(item: unknown): unknown {
  return sayingOf(item) ?? Symbol("like nothing");
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
