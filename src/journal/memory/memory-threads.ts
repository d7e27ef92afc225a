import type { ThreadExchange } from "../../model/thread.ts";

/** Conversations in memory. Of more than `keep` of them, the one that was added to longest ago goes. */
export class MemoryThreads {
  /** In the order of the last addition. */
  readonly #threads = new Map<string, Map<string, ThreadExchange>>();
  readonly #keep: number;

  constructor(keep: number) {
    this.#keep = keep;
  }

  append(exchange: ThreadExchange): void {
    const { thread, runId, key } = exchange;
    const exchanges = this.#threads.get(thread) ?? new Map<string, ThreadExchange>();
    const place = JSON.stringify([runId, key]);
    if (!exchanges.has(place)) exchanges.set(place, exchange);
    this.#threads.delete(thread);
    this.#threads.set(thread, exchanges);
    for (const oldest of this.#threads.keys()) {
      if (this.#threads.size <= this.#keep) return;
      this.#threads.delete(oldest);
    }
  }

  read(thread: string): readonly ThreadExchange[] {
    return [...(this.#threads.get(thread)?.values() ?? [])];
  }
}
