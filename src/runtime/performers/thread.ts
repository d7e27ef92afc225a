import type { Earlier } from "../../core/agent/recall-from.ts";
import type { ThreadExchange } from "../../model/thread.ts";

/** A thread, as a conversation before: the last summary in place of what it is of. */
export function earlierIn(exchanges: readonly ThreadExchange[]): Earlier {
  const spoken = exchanges.filter(({ summaryOf }) => summaryOf === undefined);
  const summary = exchanges.findLast(({ summaryOf }) => summaryOf !== undefined);
  const gone = summary?.summaryOf ?? 0;
  return { summary: summary?.items ?? null, gone, exchanges: spoken.slice(gone).map(({ items }) => items) };
}
