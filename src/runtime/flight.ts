import type { Op } from "../core/program.ts";
import type { AbortReason } from "../model/failure.ts";
import { withoutAttempt } from "../model/path.ts";
import type { Fibre } from "./fibre.ts";
import type { OpHandle } from "./performer.ts";

/** One operation on its way: asked for, perhaps started, not yet answered. What its performer sees is an `OpHandle`. */
export class Flight implements OpHandle {
  readonly op: Op;
  readonly fibre: Fibre;
  readonly #runId: string;
  startedAtMs = 0;
  /** Whether a performer has it. */
  isStarted = false;
  /** False once it has an outcome or never will: what comes later is ignored. */
  isOpen = true;
  /** Calls its timers off. */
  stopTimer: (() => void) | null = null;
  #controller: AbortController | null = null;
  #reason: AbortReason | null = null;

  constructor(op: Op, fibre: Fibre, runId: string) {
    this.op = op;
    this.fibre = fibre;
    this.#runId = runId;
  }

  /** The same for every attempt of one operation, so that whoever is asked twice can tell (design section 5). */
  get idempotencyKey(): string {
    return `${this.#runId}:${withoutAttempt(this.op.key)}`;
  }

  /** Made when somebody looks: most functions never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#reason !== null) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Tells whoever performs it to stop, and calls its timer off. */
  abort(reason: AbortReason): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
    this.close();
  }

  close(): void {
    this.isOpen = false;
    this.stopTimer?.();
    this.stopTimer = null;
  }
}
