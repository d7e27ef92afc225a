import type { Entry } from "../../../src/index.ts";
import type { History } from "../../../src/testing/index.ts";

/** The names of those branches below this path that have succeeded, in the order of the journal. */
export function winnersOf(entries: readonly Entry[], path: string): readonly string[] {
  return entries.flatMap((entry) =>
    entry.type === "operation-finished" && entry.outcome.status === "succeeded" && String(entry.key).startsWith(`${path}/`)
      ? [entry.name]
      : [],
  );
}

/** The entries that anybody was told while it happened, each once, in the order of seq. */
export function toldLive({ processes }: Pick<History, "processes">): readonly Entry[] {
  const bySeq = new Map(processes.flatMap(({ told }) => told.map((entry) => [entry.seq, entry] as const)));
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}
