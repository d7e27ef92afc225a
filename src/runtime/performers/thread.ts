import type { Recalled } from "../../core/agent/begin.ts";
import { promptOf } from "../../model/prompt.ts";
import type { HistoryPolicy } from "../../model/history-policy.ts";
import type { ThreadExchange } from "../../model/thread.ts";
import { tokensIn } from "../../model/token-estimate.ts";
import type { TranscriptItem } from "../../model/transcript.ts";

type Exchange = readonly TranscriptItem[];

/** What of a thread an agent is given under its policy, whole exchanges only; and what has become too long for it. */
export function recallFrom(exchanges: readonly ThreadExchange[], policy: HistoryPolicy): Recalled {
  const spoken = exchanges.filter(({ summaryOf }) => summaryOf === undefined);
  const summary = exchanges.findLast(({ summaryOf }) => summaryOf !== undefined);
  const summarised = summary?.summaryOf ?? 0;
  const known: readonly Exchange[] = [
    ...(summary === undefined ? [] : [summary.items]),
    ...spoken.slice(summarised).map(({ items }) => items),
  ];
  if (policy.keep === "whole") return { items: known.flat(), tooLong: null };
  if (policy.keep === "tokens") return { items: newest(known, policy.tokens).flat(), tooLong: null };
  if (tokensOf(known) <= policy.over) return { items: known.flat(), tooLong: null };
  const kept = newest(known, policy.newest);
  const older = known.slice(0, known.length - kept.length);
  const fresh = summary === undefined ? older.length : older.length - 1;
  if (fresh <= 0) return { items: known.flat(), tooLong: null }; // only what cannot be put shorter again is left: the summary itself, or the newest exchange
  return { items: kept.flat(), tooLong: { items: older.flat(), exchanges: spoken.length - kept.length } };
}

/** The newest exchanges that fit; at least the last one fits always, or the agent would not know what it just said. */
function newest(exchanges: readonly Exchange[], tokens: number): readonly Exchange[] {
  let from = exchanges.length;
  for (let left = tokens; from > 0; from--) {
    left -= tokensOf([exchanges[from - 1] as Exchange]);
    if (left < 0 && from < exchanges.length) break;
  }
  return exchanges.slice(from);
}

function tokensOf(exchanges: readonly Exchange[]): number {
  return tokensIn(Buffer.byteLength(promptOf(exchanges)));
}
