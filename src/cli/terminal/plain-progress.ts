import type { RunEvent } from "../../model/run-event.ts";
import type { Cost } from "../../model/cost.ts";
import { FREE } from "../../model/cost.ts";
import type { Failure } from "../../model/failure.ts";
import type { InstancePath } from "../../model/path.ts";
import { withoutAttempt } from "../../model/path.ts";
import type { RunView } from "../../model/run-view.ts";
import { ViewFold } from "../../model/run-view.ts";
import type { Usage } from "../../model/usage.ts";
import { NO_USAGE } from "../../model/usage.ts";
import { waitText } from "./call-text.ts";
import { every } from "./every.ts";
import type { LiveParts, LiveView } from "./live.ts";
import { duration, money, plural, tokensOf } from "./numbers.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";

type Ended = { readonly usage?: Usage; readonly cost?: Cost } & (
  | { readonly status: "succeeded" }
  | { readonly status: "failed"; readonly failure: Failure }
);

const QUIET_MS = 5_000;
const MOST_LINES = 200;

/** Progress where there is no terminal: one line for each thing that has ended, no escape codes, nothing overwritten. */
export class PlainProgress implements LiveView {
  readonly #options: LiveParts;
  readonly #fold: ViewFold;
  readonly #stop: () => void;
  #lines = 0;
  #lastLineMs: number;

  constructor(options: LiveParts) {
    this.#options = options;
    this.#fold = new ViewFold(options.from);
    this.#lastLineMs = options.now();
    this.#stop = every(options.clock, 1_000, () => this.#sayStillThere());
  }

  get view(): RunView {
    return this.#fold.view;
  }

  event(event: RunEvent): void {
    this.#fold.apply(event);
    if (event.family !== "entry") return;
    const { entry } = event;
    if (entry.type === "wait-opened") this.print(`⏸ ${printableLine(entry.key)}  ${waitText(entry)}`);
    if (entry.type === "frame-done") this.#ended({ key: entry.key, label: entry.key }, entry.result, entry.result.latencyMs);
    if (entry.type === "operation-finished" && entry.op !== "model") {
      const label = entry.op === "tool" ? `${entry.key} ${entry.name}` : entry.key;
      this.#ended({ key: entry.key, label }, entry.outcome, entry.atMs - entry.startedAtMs);
    }
  }

  print(text: string): void {
    this.#lastLineMs = this.#options.now();
    this.#options.stream.write(text.endsWith("\n") ? text : `${text}\n`);
  }

  close(): void {
    this.#stop();
  }

  /** Why it failed is said once, where it began: what stands above has failed because of it. */
  #ended({ key, label }: { readonly key: InstancePath; readonly label: string }, end: Ended, tookMs: number): void {
    this.#lines++;
    if (this.#lines > MOST_LINES && end.status === "succeeded") return;
    const { usage = NO_USAGE, cost = FREE } = end;
    const figures = [tokensOf(usage), usage.modelCalls === 0 ? "" : money(cost), duration(tookMs)].filter((text) => text !== "");
    const isFailed = end.status === "failed";
    const isItsOwn = isFailed && withoutAttempt(end.failure.path) === withoutAttempt(key);
    const why = isItsOwn ? `  ${printableLine(reasonOf(end.failure))}` : "";
    this.print(`${isFailed ? "✖" : "✔"} ${printableLine(label)}  ${figures.join("  ")}${why}`);
    if (this.#lines === MOST_LINES) this.print(`… from here on only failures are told one by one`);
  }

  #sayStillThere(): void {
    const nowMs = this.#options.now();
    const { startedAtMs, recorded } = this.#fold.view;
    if (startedAtMs === null || nowMs - this.#lastLineMs < QUIET_MS) return;
    this.print(`… ${plural(recorded, "operation recorded", "operations recorded")}, ${duration(nowMs - startedAtMs)}`);
  }
}
