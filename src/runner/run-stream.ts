import { FlujoError } from "../base/errors.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunResult } from "../model/run-result.ts";

/** Progress beyond this many unread events is dropped; entries never are. */
const MOST_UNREAD = 1_000;

/**
 * What happens in a run, as it happens. Ends when the run comes to rest. Whoever reads slowly misses progress, never an
 * entry; whoever stops reading does not stop the run.
 */
export class RunStream<Out> implements AsyncIterable<RunEvent> {
  /** What `flujo.run` would have given. */
  readonly result: Promise<RunResult<Out>>;
  readonly #unread: RunEvent[] = [];
  #wake: (() => void) | null = null;
  #isOver = false;
  #isLeft = false;
  #isRead = false;

  constructor(start: (onEvent: (event: RunEvent) => void) => Promise<RunResult<Out>>) {
    this.result = start((event) => this.#take(event));
    const end = (): void => {
      this.#isOver = true;
      this.#wake?.();
    };
    // A run that cannot go on rejects here too, so that no rejection goes unhandled: the iterator and `result` both tell it.
    this.result.then(end, end);
  }

  #take(event: RunEvent): void {
    if (this.#isLeft || (event.family === "progress" && this.#unread.length >= MOST_UNREAD)) return;
    this.#unread.push(event);
    this.#wake?.();
  }

  /** @throws {FlujoError} `usage_invalid` while somebody else reads it: each event is read once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RunEvent, void, void> {
    if (this.#isRead)
      throw new FlujoError("usage_invalid", "A run's stream has one reader.", { remedy: "Pass the events on, or give `onEvent`." });
    this.#isRead = true;
    try {
      for (;;) {
        const events = this.#unread.splice(0);
        for (const event of events) yield event;
        if (this.#unread.length > 0) continue;
        if (this.#isOver) break;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
      await this.result; // throws what kept the run from going on
    } finally {
      this.#isLeft = true;
      this.#unread.length = 0;
    }
  }
}
