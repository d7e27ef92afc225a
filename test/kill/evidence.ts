import { existsSync, readFileSync } from "node:fs";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import type { Decision, Entry, OperationFinished } from "../../src/model/entry.ts";
import type { Effect } from "./journey.ts";

/** The run's journal as the file holds it; empty where there is no such run. */
export async function journalIn(file: string, runId: string): Promise<readonly Entry[]> {
  if (!existsSync(file)) return [];
  const store = await openSqliteStore(file);
  try {
    return await store.entries({ runId });
  } finally {
    await store.close();
  }
}

/** What was done to the world, oldest first, run ids left out. */
export function effectsIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as Effect).what);
}

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
    if (entry.type === "frame-done") return [{ ...entry, fromSeq: "…", outputAt: entry.outputAt === null ? null : keyAt.get(entry.outputAt) } as never];
    return [entry];
  });
  const told = lines.map((line) => withoutTimes({ ...line, seq: "…" }) as { readonly type: string; readonly key: string });
  return told.toSorted((a, b) => (`${a.key} ${a.type}` < `${b.key} ${b.type}` ? -1 : 1));
}

/** How often each stands in the list. */
export function tally(items: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items.toSorted()) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}

/** What is in `all` and not in `taken`, with how often. @throws {RangeError} When `taken` has something that `all` has not. */
export function less(all: readonly string[], taken: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = { ...tally(all) };
  for (const item of taken) {
    const left = (counts[item] ?? 0) - 1;
    if (left < 0) throw new RangeError(`"${item}" is one too many.`);
    if (left === 0) delete counts[item];
    else counts[item] = left;
  }
  return tally(Object.entries(counts).flatMap(([item, count]) => Array.from({ length: count }, () => item)));
}
