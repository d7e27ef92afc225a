import type { Entry, RunEvent } from "../../src/index.ts";
import { duration, printableLine } from "../../src/cli/terminal/index.ts";
import { every } from "./every.ts";
import type { Progress } from "./showing.ts";
import { StageView } from "./stage-view.ts";

const QUIET_MS = 900;

/** At a terminal the stages, moving; elsewhere a line for each ticket, and a word when there was none for a second. */
export function progressOn(stream: NodeJS.WriteStream, size: number): Progress {
  return stream.isTTY && process.env["TERM"] !== "dumb" ? new StageView(stream) : new TicketLines(stream, size);
}

class TicketLines implements Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #size: number;
  readonly #startedAtMs = Date.now();
  #lastAtMs = Date.now();
  #done = 0;
  #recorded = 0;
  readonly #stop: () => void;

  constructor(stream: NodeJS.WriteStream, size: number) {
    this.#stream = stream;
    this.#size = size;
    this.#stop = every(100, () => this.#sayStillThere());
  }

  readonly event = (event: RunEvent): void => {
    if (event.family === "progress") return;
    const { entry } = event;
    if (entry.type === "operation-finished") this.#recorded++;
    const line = lineOf(entry);
    if (line !== null) this.#print(line);
    const settled = settledBy(entry);
    if (settled !== null)
      this.#print(`✔ ${String(++this.#done).padStart(2)}/${this.#size}  ticket ${String(settled.id)}: ${String(settled.outcome)}`);
  };

  readonly close = (): void => this.#stop();

  #sayStillThere(): void {
    if (Date.now() - this.#lastAtMs < QUIET_MS) return;
    this.#print(`… ${this.#recorded} operations recorded, ${duration(Date.now() - this.#startedAtMs)}`);
  }

  #print(line: string): void {
    this.#lastAtMs = Date.now();
    this.#stream.write(`${printableLine(line)}\n`);
  }
}

function lineOf(entry: Entry): string | null {
  switch (entry.type) {
    case "run-started":
      return "Every operation is written to the journal before the next one begins.";
    case "wait-opened":
      return `⏸ one ticket waits for an answer, the others go on`;
    case "operation-finished":
      return entry.outcome.status === "failed" ? `↻ ${entry.name}: ${entry.outcome.failure.message}` : null;
    case "operation-intended":
    case "decisions-made":
    case "frame-done":
    case "signal-taken":
    case "cancel-requested":
    case "code-accepted":
    case "run-finished":
      return null;
  }
}

function settledBy(entry: Entry): { readonly id: unknown; readonly outcome: unknown } | null {
  if (entry.type !== "operation-finished" || entry.name !== "settle" || entry.outcome.status === "failed") return null;
  const { value } = entry.outcome;
  return typeof value === "object" && value !== null && "id" in value && "outcome" in value ? value : null;
}
