import type { HistoryPolicy } from "../../model/history-policy.ts";
import { promptOf } from "../../model/prompt.ts";
import { tokensIn } from "../../model/token-estimate.ts";
import type { TranscriptItem } from "../../model/transcript.ts";

/** What was asked and said once: an exchange is given whole or not at all. */
export type Exchange = readonly TranscriptItem[];

/** An earlier conversation. */
export interface Earlier {
  /** What stands in place of the exchanges before those that are kept; null where nothing does. */
  readonly summary: Exchange | null;
  /** How many exchanges there were before those that are kept. */
  readonly gone: number;
  /** Oldest first. */
  readonly exchanges: readonly Exchange[];
}

/** What an agent is given of an earlier conversation: the answer to a `history` decision. */
export interface Recalled {
  readonly items: readonly TranscriptItem[];
  /** What has become too long, to be put in a summary that takes its place before `items`; null where nothing has. */
  readonly tooLong: {
    readonly items: readonly TranscriptItem[] /** How many exchanges, counted from the first there was, these are. */;
    readonly exchanges: number;
  } | null;
}

/** What of a conversation an agent is given under its policy, whole exchanges only; and what has become too long for it. */
export function recallFrom({ summary, gone, exchanges }: Earlier, policy: HistoryPolicy): Recalled {
  const known: readonly Exchange[] = summary === null ? exchanges : [summary, ...exchanges];
  if (policy.keep !== "summary") return { items: newestOf(known, policy).flat(), tooLong: null };
  if (tokensOf(known) <= policy.over) return { items: known.flat(), tooLong: null };
  const kept = newestThatFit(known, policy.newest);
  const older = known.slice(0, known.length - kept.length);
  const fresh = summary === null ? older.length : older.length - 1;
  if (fresh <= 0) return { items: known.flat(), tooLong: null }; // only what cannot be put shorter again is left: the summary itself, or the newest exchange
  return { items: kept.flat(), tooLong: { items: older.flat(), exchanges: gone + exchanges.length - kept.length } };
}

/** The newest exchanges that a policy without summaries keeps. */
export function newestOf(
  exchanges: readonly Exchange[],
  policy: Exclude<HistoryPolicy, { readonly keep: "summary" }>,
): readonly Exchange[] {
  switch (policy.keep) {
    case "whole":
      return exchanges;
    case "exchanges":
      return exchanges.slice(-policy.exchanges);
    case "tokens":
      return newestThatFit(exchanges, policy.tokens);
  }
}

/** A summary, as the agent is told it. */
export function summaryItem(summary: string): TranscriptItem {
  return { role: "user", text: `Summary of our conversation before this:\n${summary}` };
}

/** At least the last one fits always, or the agent would not know what it just said. */
function newestThatFit(exchanges: readonly Exchange[], tokens: number): readonly Exchange[] {
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
