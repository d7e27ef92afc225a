import type { Entry, Pause } from "../index.ts";

function pauseOf({ key, waitsFor, name, show, answerSchema, wakeAtMs, atMs }: Extract<Entry, { readonly type: "wait-opened" }>): Pause {
  return { id: key, waitsFor, name, show, answerSchema, wakeAtMs: wakeAtMs ?? null, sinceMs: atMs };
}

/** What a run waits for, people, signals and moments, oldest first, by its journal. */
export function openPauses(entries: readonly Entry[]): readonly Pause[] {
  const pauses = new Map<string, Pause>();
  for (const entry of entries) {
    if (entry.type === "wait-opened") pauses.set(entry.key, pauseOf(entry));
    if (entry.type === "operation-finished") pauses.delete(entry.key);
    if (entry.type === "run-finished") pauses.clear();
  }
  return [...pauses.values()];
}

/** Whether a person is asked. What else is waited for comes as a signal, or by itself. */
export function isForPeople({ waitsFor }: Pause): boolean {
  return waitsFor === "answer" || waitsFor === "approval";
}
