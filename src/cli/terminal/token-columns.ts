import type { Usage } from "../../model/usage.ts";
import { count, tokensOf } from "./numbers.ts";
import { padStart, widthOf } from "./text-width.ts";

interface TokenColumn {
  readonly title: string;
  readonly of: (usage: Usage) => number;
}

const COLUMNS: readonly TokenColumn[] = [
  { title: "in", of: (usage) => usage.inputTokens },
  { title: "cached", of: (usage) => usage.cachedInputTokens },
  { title: "out", of: (usage) => usage.outputTokens },
  { title: "thinking", of: (usage) => usage.reasoningTokens },
];

/** The tokens of some rows in columns of their own, under titles. A column of which nothing is used is left out. */
export interface TokenColumns {
  readonly titles: string;
  readonly of: (usage: Usage) => string;
}

/** @param usages - Of all rows that are to stand under each other. */
export function tokenColumns(usages: readonly Usage[]): TokenColumns {
  const columns = COLUMNS.filter(({ of }) => usages.some((usage) => of(usage) > 0)).map((column) => ({
    ...column,
    width: usages.reduce((most, usage) => Math.max(most, widthOf(count(column.of(usage)))), column.title.length),
  }));
  return {
    titles: columns.map(({ title, width }) => padStart(title, width)).join("  "),
    of: (usage) =>
      tokensOf(usage) === "" ? "" : columns.map(({ of, width }) => padStart(of(usage) === 0 ? "" : count(of(usage)), width)).join("  "),
  };
}
