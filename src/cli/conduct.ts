import { FlujoError } from "../base/errors.ts";
import type { Flujo, RunEvent, RunResult } from "../index.ts";
import type { RunView } from "../model/run-view.ts";
import { EMPTY_VIEW, ViewFold } from "../model/run-view.ts";
import type { Desk } from "./desk.ts";
import { INTERRUPTED } from "./desk.ts";
import { Interrupts } from "./interrupts.ts";
import { reportRun } from "./report-run.ts";
import type { LiveView } from "./terminal/index.ts";
import { liveView } from "./terminal/index.ts";

/** What is to be conducted. */
export interface Conducted {
  readonly flujo: Flujo;
  /** Starts the run, or goes on with it. */
  readonly go: (onEvent: (event: RunEvent) => void) => Promise<RunResult<unknown>>;
  /** What is known of it already. */
  readonly from?: RunView;
}

/** How a run came to rest under our hands. */
export interface Conduct {
  readonly result: RunResult<unknown>;
  readonly view: RunView;
  readonly exitCode: number;
}

/** Shows a run while it goes on, lets Ctrl-C park it, and reports how it came to rest. */
export async function conduct(desk: Desk, { flujo, go, from = EMPTY_VIEW }: Conducted): Promise<Conduct> {
  const { output } = desk;
  const live = output.showsProgress ? liveView({ stream: process.stderr, from }) : new Unseen(from);
  const interrupts = new Interrupts(flujo, output, (line) => live.print(line));
  interrupts.arm();
  desk.busyWith =
    "a run that waits for something which can never happen: nothing is left in this process that could end its steps. It can be resumed once they are mended";
  try {
    const result = await go((event) => {
      desk.run ??= { id: event.runId, where: [] };
      live.event(event);
    });
    await interrupts.settle();
    live.close();
    const exitCode = reportRun(desk, result, live.view);
    return { result, view: live.view, exitCode: interrupts.isAsked && result.status === "stopped" ? INTERRUPTED : exitCode };
  } catch (error) {
    live.close();
    if (interrupts.isAsked && FlujoError.is(error, "flujo_closed"))
      throw new FlujoError("run_stopped", "It was stopped before the run began.", { cause: error, remedy: "Start it again." });
    throw error;
  } finally {
    await interrupts.settle();
    desk.busyWith = null;
  }
}

/** Follows a run for the sake of what is said at its end, and shows nothing. */
class Unseen implements LiveView {
  readonly #fold: ViewFold;

  constructor(from: RunView) {
    this.#fold = new ViewFold(from);
  }

  get view(): RunView {
    return this.#fold.view;
  }

  event(event: RunEvent): void {
    this.#fold.apply(event);
  }

  print(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  close(): void {
    // nothing was opened
  }
}
