import type { Entry, FrameDone, OperationFinished } from "../../model/entry.ts";
import type { RunEvent } from "../../model/run-event.ts";
import type { Cost } from "../../model/cost.ts";
import { FREE } from "../../model/cost.ts";
import type { Failure } from "../../model/failure.ts";
import type { InstancePath } from "../../model/path.ts";
import { withoutAttempt } from "../../model/path.ts";
import type { RunView } from "../../model/run-view.ts";
import type { Usage } from "../../model/usage.ts";
import { NO_USAGE } from "../../model/usage.ts";
import { deadlineOf } from "../../model/view-attempts.ts";
import { nodeAt, statusOfFailure } from "../../model/view-tree.ts";

import { every } from "./every.ts";
import type { LiveParts, LiveView } from "./live.ts";
import { duration, money, plural, tokensOf } from "./numbers.ts";
import { printableLine } from "./printable.ts";
import { reasonOf } from "./reason.ts";
import { RunFollower } from "./run-follower.ts";
import { waitText } from "./wait-text.ts";

type Ended = { readonly usage?: Usage; readonly cost?: Cost } & (
  | { readonly status: "succeeded" }
  | { readonly status: "failed"; readonly failure: Failure }
);

const MARKS = { failed: "✖", cancelled: "⊘", continued: "↪" } as const;
const QUIET_MS = 5_000;
const MOST_LINES = 200;

/** Progress where there is no terminal: one line for each thing that has ended, no escape codes, nothing overwritten. */
export class PlainProgress implements LiveView {
  readonly #options: LiveParts;
  readonly #run: RunFollower;
  readonly #stop: () => void;
  #lines = 0;
  #lastLineMs: number;

  constructor(options: LiveParts) {
    this.#options = options;
    this.#run = new RunFollower(options.from);
    this.#lastLineMs = options.now();
    this.#stop = every(options.clock, 1_000, () => this.#sayStillThere());
  }

  get view(): RunView {
    return this.#run.view;
  }

  event(event: RunEvent): void {
    if (event.family === "entry") this.#tell(event.entry);
    const change = this.#run.apply(event);
    if (change !== null) this.print(change);
  }

  #tell(entry: Entry): void {
    const nowMs = this.#options.now();
    const path = printableLine(entry.key);
    switch (entry.type) {
      case "wait-opened":
        this.print(`⏸ ${path}  ${waitText(entry, { nowMs })}`);
        return;
      case "cancel-requested":
        this.print(`⊘ ${path}  is being cancelled${entry.reason === "" ? "" : `: ${printableLine(entry.reason)}`}`);
        return;
      case "code-accepted":
        this.print(`· ${path}  goes on with changed code: ${printableLine(entry.changes.join("; "))}`);
        return;
      case "frame-done":
        if (!this.#isTold(entry)) this.#ended({ key: entry.key, label: attemptLabel(entry.key) }, entry.result, entry.result.latencyMs);
        return;
      case "operation-finished":
        if (deadlineOf(entry.key) !== null) return this.#timeIsOver(entry);
        if (entry.op === "model") return;
        if (entry.op === "sleep" || entry.op === "signal" || isUnanswered(entry)) return; // the end of its node says more
        this.#ended(
          { key: entry.key, label: entry.op === "tool" ? `${entry.key} ${entry.name}` : entry.key },
          entry.outcome,
          entry.atMs - entry.startedAtMs,
        );
        return;
      case "run-started":
      case "operation-intended":
      case "decisions-made":
      case "signal-taken":
      case "run-finished":
    }
  }

  /** What was told to stop next was told so because of this. */
  #timeIsOver({ key, outcome, startedAtMs, atMs }: OperationFinished): void {
    const deadline = deadlineOf(key);
    if (deadline === null || deadline.about === "delay" || outcome.status === "failed") return;
    const what = deadline.about === "total" ? "the time for all its attempts is over" : "its time is over";
    this.print(`✖ ${printableLine(deadline.of)}  ${duration(atMs - startedAtMs)}  ${what}`);
  }

  /** Whether the end of this node says no more than the entry of its one operation: a step or a question with a policy around it. */
  #isTold({ key, result }: FrameDone): boolean {
    const { root } = this.#run.view;
    const node = root === null ? null : nodeAt(root, key);
    if (node?.endedAtMs == null || node.children.size > 0 || node.failure?.code === "timeout") return false;
    return (
      (node.kind === "step" || node.kind === "human") &&
      node.status === (result.status === "succeeded" ? "succeeded" : statusOfFailure(result.failure))
    );
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
    const mark = isFailed ? MARKS[statusOfFailure(end.failure)] : "✔";
    const isItsOwn = isFailed && withoutAttempt(end.failure.path) === withoutAttempt(key);
    const why = isItsOwn ? `  ${printableLine(reasonOf(end.failure))}` : "";
    this.print(`${mark} ${printableLine(label)}  ${figures.join("  ")}${why}`);
    if (this.#lines === MOST_LINES) this.print(`… from here on only failures are told one by one`);
  }

  #sayStillThere(): void {
    const nowMs = this.#options.now();
    const { startedAtMs, recorded } = this.#run.view;
    if (startedAtMs === null || nowMs - this.#lastLineMs < QUIET_MS) return;
    this.print(`… ${plural(recorded, "operation recorded", "operations recorded")}, ${duration(nowMs - startedAtMs)}`);
  }
}

/** An attempt at a node with others in it: the first is not told from the node by its path as people know it. */
function attemptLabel(key: InstancePath): string {
  const number = /#(\d+)$/.exec(key)?.[1];
  return number === undefined ? key : `${withoutAttempt(key)} (attempt ${number})`;
}

/** A question that nobody answered in time: what becomes of it is for its node to say. */
function isUnanswered({ op, outcome }: OperationFinished): boolean {
  return op === "human" && outcome.status === "failed" && outcome.failure.code === "timeout";
}
