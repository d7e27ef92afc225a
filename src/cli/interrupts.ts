import type { Flujo } from "../index.ts";
import type { Output } from "./output.ts";
import { INTERRUPTED } from "./desk.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ctrl-C while a run goes on: the first parks the run, so that it can be resumed; the second ends the process at once,
 * which loses nothing that is recorded either.
 */
export class Interrupts {
  readonly #flujo: Flujo;
  readonly #output: Output;
  readonly #say: (line: string) => void;
  #parking: Promise<void> | null = null;
  readonly #onSignal = (): void => {
    if (this.#parking !== null) process.exit(INTERRUPTED);
    this.#say("Parking the run … (Ctrl-C again ends it at once)");
    this.#parking = this.#flujo.close();
    this.#parking.catch((error: unknown) => this.#output.warn(`Parking failed: ${String(error)}`)); // who awaits `settled` gets it too
  };

  /** @param say Prints a line without getting in the way of what is being drawn. */
  constructor(flujo: Flujo, output: Output, say: (line: string) => void) {
    this.#flujo = flujo;
    this.#output = output;
    this.#say = say;
  }

  /** Whether somebody has asked the run to stop. */
  get isAsked(): boolean {
    return this.#parking !== null;
  }

  arm(): void {
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
  }

  /** Waits until what was asked for is done, and gives signals back their usual meaning. */
  async settle(): Promise<void> {
    await this.#parking;
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
  }
}
