import { FlujoError } from "../base/errors.ts";
import type { ResumeOptions } from "./options.ts";

/** Who asks for a place. */
export interface Applicant {
  /** Null where nobody knows it yet. */
  readonly runId: string | null;
  readonly signal: AbortSignal | undefined;
}

interface Waiting extends Applicant {
  /** True: it has a place. A signal: it was called off, and needs none. */
  readonly settle: (given: true | AbortSignal) => void;
  readonly refuse: (error: unknown) => void;
  readonly gone: Promise<void>;
}

/** So many runs may be live at a time; the others wait their turn, first come first served. */
export class Places {
  #free: number;
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  constructor(most: number) {
    this.#free = most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Goes on with a run as soon as there is a place for it. One that is called off meanwhile needs none, since nothing of it
   * is done: `go` is given the signal that says so.
   *
   * @throws {FlujoError} `flujo_closed` where that happens first.
   */
  async within<T>(applicant: Applicant, go: (calledOff: AbortSignal | null) => Promise<T>): Promise<T> {
    const { promise: over, resolve: leave } = Promise.withResolvers<void>();
    const given = this.#take() ? true : await this.#wait(applicant, over);
    try {
      return await go(given === true ? null : given);
    } finally {
      leave();
      if (given === true) this.#giveBack();
    }
  }

  #take(): boolean {
    if (this.#free === 0 && !this.#isClosed) return false; // whoever comes when all is closed is refused by what they ask for
    this.#free--;
    return true;
  }

  /** A place that is given back is the next one's before anybody else can ask for it. */
  #giveBack(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next.settle(true);
  }

  async #wait({ runId, signal }: Applicant, gone: Promise<void>): Promise<true | AbortSignal> {
    const { promise, resolve: settle, reject: refuse } = Promise.withResolvers<true | AbortSignal>();
    const waiting: Waiting = { runId, signal, settle, refuse, gone };
    const callOff = (): void => {
      if (signal !== undefined && this.#waiting.delete(waiting)) settle(signal);
    };
    if (signal?.aborted === true) return signal;
    signal?.addEventListener("abort", callOff, { once: true });
    this.#waiting.add(waiting);
    try {
      return await promise;
    } finally {
      signal?.removeEventListener("abort", callOff);
    }
  }

  /** Calls off a run that waits for its turn. Resolves when it has ended; null where none of that id waits. */
  callOff(runId: string, reason: string): Promise<void> | null {
    for (const waiting of this.#waiting) {
      if (waiting.runId !== runId) continue;
      this.#waiting.delete(waiting);
      waiting.settle(AbortSignal.abort(reason));
      return waiting.gone;
    }
    return null;
  }

  /** Refuses all who wait. */
  close(): void {
    this.#isClosed = true;
    for (const { refuse } of this.#waiting) refuse(new FlujoError("flujo_closed", "This Flujo was closed before it was the run's turn."));
    this.#waiting.clear();
  }
}

/** Options with the signal that calls a run off which waited for its turn. */
export function withSignal<O extends ResumeOptions>(options: O, signal: AbortSignal | null): O {
  return signal === null ? options : { ...options, signal };
}
