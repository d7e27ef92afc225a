import { every } from "../every.ts";
import type { Output } from "../output.ts";

const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const FRAME_MS = 100;
const LINE_MS = 600;

/** One line for what is going on: rewritten at a terminal, told again now and then elsewhere. */
export class StageLine {
  readonly #output: Output;
  readonly #label: string;
  readonly #isLive: boolean;
  readonly #stop: () => void;
  #entries = 0;
  #frame = 0;

  constructor(output: Output, label: string) {
    this.#output = output;
    this.#label = label;
    this.#isLive = output.people.isTTY && process.env["TERM"] !== "dumb";
    if (!this.#isLive) output.say(`● ${label}`);
    this.#stop = every(this.#isLive ? FRAME_MS : LINE_MS, () => this.#tell());
  }

  readonly update = (entries: number): void => {
    this.#entries = entries;
  };

  /** Leaves the line as what came of it. */
  end(text: string): void {
    this.#leave();
    this.#output.say(`${this.#output.paint.good("✔")} ${this.#label}  ${text}`);
  }

  /** Takes it away; an error message comes next. */
  fail(): void {
    this.#leave();
  }

  #leave(): void {
    this.#stop();
    if (this.#isLive) this.#output.people.write("\r\u001B[K");
  }

  #tell(): void {
    const spinner = SPINNER[this.#frame++ % SPINNER.length] ?? "";
    if (this.#isLive) this.#output.people.write(`\r\u001B[K${this.#output.paint.busy(spinner)} ${this.#label}  ${this.#entries} entries`);
    else this.#output.say(`  … ${this.#entries} journal entries written`);
  }
}
