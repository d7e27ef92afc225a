import type { Decision, Entry, OperationFinished } from "../../../src/model/entry.ts";

export function decisionsOf(entries: readonly Entry[]): readonly Decision[] {
  return entries.flatMap((entry) => (entry.type === "decisions-made" ? entry.decisions : []));
}

export function outcomesOf(entries: readonly Entry[]): readonly OperationFinished[] {
  return entries.filter((entry) => entry.type === "operation-finished");
}

const NEVER_THE_SAME = new Set(["runId", "atMs", "startedAtMs", "latencyMs", "sinceMs", "idempotencyKey"]);

/** Ids and times blotted out. */
export function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, NEVER_THE_SAME.has(key) ? "…" : withoutTimes(inner)]));
}

/** Two journals of the same run told in the same words: no ids, no times, no seqs; what a seq points to is named by its key. */
export function comparable(entries: readonly Entry[]): readonly unknown[] {
  const keyAt = new Map(entries.map((entry) => [entry.seq, entry.key]));
  const lines = entries.flatMap((entry): readonly { readonly type: string; readonly key: string }[] => {
    if (entry.type === "decisions-made") return entry.decisions.map((decision) => ({ type: "decision", ...decision })); // how they were batched is a matter of time
    if (entry.type === "frame-done")
      return [{ ...entry, fromSeq: "…", outputAt: entry.outputAt === null ? null : keyAt.get(entry.outputAt) } as never];
    return [entry];
  });
  const told = lines.map((line) => withoutTimes({ ...line, seq: "…" }) as { readonly type: string; readonly key: string });
  return told.toSorted((a, b) => (`${a.key} ${a.type}` < `${b.key} ${b.type}` ? -1 : 1));
}
