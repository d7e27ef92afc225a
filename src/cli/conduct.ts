import { FlujoError } from "../base/errors.ts";
import type { Flujo, Plan, RunEvent, RunResult } from "../index.ts";
import type { RunView } from "../model/run-view.ts";
import { EMPTY_VIEW } from "../model/run-view.ts";
import type { Desk } from "./desk.ts";
import { INTERRUPTED } from "./desk.ts";
import { Interrupts } from "./interrupts.ts";
import { noteLeftInBackground } from "./left-in-background.ts";
import { reportRun } from "./report-run.ts";
import type { LiveView } from "./terminal/index.ts";
import { liveView } from "./terminal/index.ts";
import { PlanFacts } from "./terminal/plan-facts.ts";
import { RunFollower } from "./terminal/run-follower.ts";

/** What is to be conducted. */
export interface Conducted {
  readonly flujo: Flujo;
  /** Starts the run, or goes on with it. */
  readonly go: (onEvent: (event: RunEvent) => void) => Promise<RunResult<unknown>>;
  /** What is known of it already. */
  readonly from?: RunView;
  /** What it runs by, for what the journal does not know. */
  readonly plan?: Plan;
  /** Where its program is. */
  readonly file?: string;
}

/** How a run came to rest under our hands. */
export interface Conduct {
  readonly result: RunResult<unknown>;
  readonly view: RunView;
  readonly exitCode: number;
}

/** Shows a run while it goes on, lets Ctrl-C park it, and reports how it came to rest. */
export async function conduct(desk: Desk, { flujo, go, from = EMPTY_VIEW, plan, file }: Conducted): Promise<Conduct> {
  const { output } = desk;
  const live = output.showsProgress
    ? liveView({ stream: process.stderr, from, ...(plan === undefined ? {} : { plan: new PlanFacts(plan) }) })
    : new Unseen(from);
  const interrupts = new Interrupts(flujo, output, (line) => live.print(line));
  interrupts.arm();
  desk.busyWith =
    "a run that waits for something which can never happen: nothing is left in this process that could end its steps. It can be resumed once they are mended";
  try {
    const result = await go((event) => {
      if (desk.run?.id !== event.runId) desk.run = { id: event.runId, where: desk.run?.where ?? [] };
      live.event(event);
    });
    await interrupts.settle();
    live.close();
    const exitCode = reportRun(desk, result, { view: live.view, file: file ?? null });
    await noteLeftInBackground(desk, flujo, { runId: result.runId, file: file ?? null });
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
  readonly #run: RunFollower;

  constructor(from: RunView) {
    this.#run = new RunFollower(from);
  }

  get view(): RunView {
    return this.#run.view;
  }

  event(event: RunEvent): void {
    this.#run.apply(event);
  }

  print(line: string): void {
    process.stderr.write(`${line}\n`);
  }

  close(): void {
    // nothing was opened
  }
}
