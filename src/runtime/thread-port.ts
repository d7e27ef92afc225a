import type { ThreadExchange } from "../model/thread.ts";

/** Where conversations over runs are kept. Every journal store is one. */
export interface ThreadPort {
  /** Adds an exchange at the end; one of the same thread, run and key is there already, and stays as it is. */
  appendToThread(exchange: ThreadExchange): void | Promise<void>;
  /** In the order they were added; nothing for a thread that nobody has begun. */
  readThread(thread: string): readonly ThreadExchange[] | Promise<readonly ThreadExchange[]>;
}
