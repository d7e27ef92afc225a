import { memoryStore } from "../journal/memory/memory-store.ts";
import type { JournalStore } from "../journal/port.ts";

/**
 * A place for state in memory that outlives the Flujo it is given to: the next one finds the runs of the one before, as another
 * process finds those in a state file. For tests of what comes after a crash or a pause. It forgets nothing.
 *
 * @example
 * ```ts
 * import { Flujo, pipeline } from "flujo";
 * import { memoryState } from "flujo/testing";
 * import { z } from "zod";
 *
 * const refund = pipeline({ name: "refund", input: z.string() }).human("approve", { answer: z.boolean() });
 * const state = memoryState();
 * const first = new Flujo({ state });
 * await first.run(refund, "order 7", { runId: "refund-7" });
 * await first.close(); // the process ends
 *
 * await using second = new Flujo({ state });
 * const result = await second.answer(refund, "refund-7", { value: true });
 * console.log(result.unwrap()); // { input: 'order 7', answer: true }
 * ```
 */
export function memoryState(): JournalStore {
  const all = Number.POSITIVE_INFINITY;
  return memoryStore({ keep: all, keepEntries: all, keepThreads: all });
}
