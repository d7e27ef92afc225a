import { FlujoError } from "../base/errors.ts";
import type { InstancePath } from "../model/path.ts";
import type { RunEvent } from "../model/run-event.ts";
import type { RunResult } from "../model/run-result.ts";
import type { ModelTurn } from "../model/transcript.ts";
import { EventBuffer } from "./event-buffer.ts";
import { leavable } from "./leavable.ts";

/** What a {@link RunStream} is made of. */
export interface RunStreamParts<Out> {
  readonly runId: string;
  readonly start: (onEvent: (event: RunEvent) => void) => Promise<RunResult<Out>>;
  /** Whether it is the program's text that is said at a path. @throws {FlujoError} `pipeline_invalid` */
  readonly isItsText: (path: InstancePath) => boolean;
}

/**
 * What happens in a run, as it happens. Ends when the run comes to rest. Whoever reads slowly gets pieces of a text joined
 * and misses other progress, never an entry; whoever stops reading does not stop the run.
 *
 * It has one reader, which takes either the events (`for await (const event of stream)`) or the {@link textStream}.
 */
export class RunStream<Out> implements AsyncIterable<RunEvent, RunResult<Out> | undefined> {
  /** The id of the run, known before it has begun. */
  readonly runId: string;
  /** What `flujo.run` would have given. */
  readonly result: Promise<RunResult<Out>>;
  readonly #isItsText: RunStreamParts<Out>["isItsText"];
  readonly #unread = new EventBuffer();
  #wake: (() => void) | null = null;
  #isOver = false;
  #isLeft = false;
  /** Whoever reads it, from the first event that was asked for. */
  #reader: symbol | null = null;

  constructor({ runId, start, isItsText }: RunStreamParts<Out>) {
    this.runId = runId;
    this.#isItsText = isItsText;
    this.result = start((event) => this.#take(event));
    const end = (): void => {
      this.#isOver = true;
      this.#wake?.();
    };
    // A run that cannot go on rejects here too, so that no rejection goes unhandled: the iterator and `result` both tell it.
    this.result.then(end, end);
  }

  #take(event: RunEvent): void {
    if (this.#isLeft) return;
    this.#unread.add(event);
    this.#wake?.();
  }

  /**
   * The events, each once. What it returns in the end is the run's result, or undefined to whoever has left before.
   *
   * @throws {FlujoError} `usage_invalid` where it is read already; what keeps the run from beginning or going on.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<RunEvent, RunResult<Out> | undefined, void> {
    const reader = Symbol("events");
    return leavable(this.#read(reader), () => this.#leave(reader));
  }

  /**
   * The program's text as its model says it: that of the agent which speaks last. Going back from the end of the program
   * over steps and people, that is the first agent; in a branch, the one of the arm that is taken. Where a map or a
   * parallel comes first, several agents would speak at once, and there is no text.
   *
   * All that this agent says is in it: also what it says before it calls a tool, and what it had said when an attempt
   * failed. What is void then stays said here; `foldProgress` knows what is void.
   *
   * @throws {FlujoError} When it is read: what reading the events throws.
   */
  get textStream(): AsyncIterable<string> {
    const iterate = (): AsyncIterableIterator<string, void, void> => {
      const reader = Symbol("text");
      return leavable(this.#text(reader), () => this.#leave(reader));
    };
    return { [Symbol.asyncIterator]: iterate };
  }

  async *#read(reader: symbol): AsyncGenerator<RunEvent, RunResult<Out> | undefined, void> {
    if (this.#reader !== null)
      throw new FlujoError("usage_invalid", "A run's stream has one reader.", { remedy: "Pass the events on, or give `onEvent`." });
    this.#reader = reader;
    try {
      for (;;) {
        const event = this.#unread.take();
        if (event !== undefined) yield event;
        else if (this.#isOver || this.#isLeft) break;
        else await this.#news();
      }
      return this.#isLeft ? undefined : await this.result; // throws what kept the run from going on
    } finally {
      this.#leave(reader);
    }
  }

  async *#text(reader: symbol): AsyncGenerator<string, void, void> {
    let at: InstancePath | null = null; // of the call that is speaking
    let said = "";
    for await (const event of this.#read(reader)) {
      if (event.family === "progress" && event.type === "text-delta" && this.#isItsText(event.path)) {
        said = event.path === at ? said + event.delta : event.delta;
        at = event.path;
        yield event.delta;
      } else if (event.family === "entry") {
        const text = wholeText(event);
        if (text === null || !this.#isItsText(event.entry.key)) continue;
        const before = event.entry.key === at ? said : "";
        if (text.length > before.length && text.startsWith(before)) yield text.slice(before.length); // what was not told piece by piece
        at = null;
      }
    }
  }

  /** Somebody stops reading. One that was refused takes nothing from the one who reads. */
  #leave(reader: symbol): void {
    if (this.#reader !== null && this.#reader !== reader) return;
    this.#isLeft = true;
    this.#unread.clear();
    this.#wake?.();
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}

/** The text of a model call that succeeded; null for everything else. */
function wholeText({ entry }: Extract<RunEvent, { readonly family: "entry" }>): string | null {
  if (entry.type !== "operation-finished" || entry.op !== "model" || entry.outcome.status !== "succeeded") return null;
  return (entry.outcome.value as ModelTurn).text;
}
