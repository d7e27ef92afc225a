import { existsSync, readFileSync } from "node:fs";
import { openSqliteStore } from "../../src/journal/sqlite/open-sqlite-store.ts";
import type { Golden } from "../../src/golden/golden.ts";
import type { Entry } from "../../src/model/entry.ts";
import { goldenOf } from "../golden/support/golden-of.ts";
import type { Effect } from "./effects.ts";

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

/** The run, read as a golden; the context it ended with left out. */
export async function goldenIn(file: string, runId: string): Promise<Golden> {
  const store = await openSqliteStore(file);
  try {
    return await goldenOf(store, runId, null);
  } finally {
    await store.close();
  }
}

/** How many runs it has started that go on by themselves. */
export async function childrenIn(file: string, runId: string): Promise<number> {
  const store = await openSqliteStore(file);
  try {
    return (await store.listRuns({ parent: runId })).length;
  } finally {
    await store.close();
  }
}

/** What was done to the world, oldest first, run ids left out. */
export function effectsIn(file: string): readonly string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .filter((line) => line !== "");
  return lines.map((line) => (JSON.parse(line) as Effect).what);
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
