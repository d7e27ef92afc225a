import type { Entry, Pause } from "../index.ts";

/** What a run has asked people and not been answered, oldest first, by its journal. */
export function openPauses(entries: readonly Entry[]): readonly Pause[] {
  const pauses = new Map<string, Pause>();
  for (const entry of entries) {
    if (entry.type === "wait-opened")
      pauses.set(entry.key, { id: entry.key, name: entry.name, show: entry.show, answerSchema: entry.answerSchema, sinceMs: entry.atMs });
    if (entry.type === "operation-finished") pauses.delete(entry.key);
    if (entry.type === "run-finished") pauses.clear();
  }
  return [...pauses.values()];
}
