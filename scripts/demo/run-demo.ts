import { Flujo, FlujoError } from "../../src/index.ts";
import { printable } from "../../src/cli/terminal/index.ts";
import { approvalFor } from "./approval.ts";
import type { Came } from "./job.ts";
import type { Output } from "./output.ts";
import type { Progress, Showing } from "./showing.ts";
import { progressOn } from "./progress.ts";
import { reportOn } from "./report.ts";
import { STATE, STATE_FILE } from "./state.ts";

interface Watch {
  readonly flujo: Flujo;
  readonly progress: Progress;
}

/** Runs the job with live progress, asks where it asks, and reports. Gives the exit code. */
export async function runDemo(showing: Showing): Promise<number> {
  const { job, model, output } = showing;
  const { strong, faint } = output.paint;
  output.say(
    `${strong("flujo demo")} · support triage · ${job.size} ${job.size === 1 ? "ticket" : "tickets"}`,
    faint(`${model.reference} (${model.why}) · state ${STATE_FILE}`),
  );
  await using flujo = new Flujo({ state: STATE });
  const progress = progressOn(output.people, job.size);
  const startedAt = performance.now();
  const first = await watched({ flujo, progress }, () => job.run(flujo, { model: model.reference, onEvent: progress.event }));
  const tookMs = performance.now() - startedAt; // a person's thinking does not count
  const came = await answered(showing, { flujo, progress }, first);
  if (came === null || came.status === "stopped") return parked(first.runId, { output, isWaiting: came === null });
  if (came.status !== "succeeded") return failed(came, output);
  await reportOn(came, { ...showing, flujo, tookMs });
  return 0;
}

/** Ctrl-C while it goes on parks the run: closing lets what is recorded stand, and the result says that it was stopped. */
async function watched({ flujo, progress }: Watch, start: () => Promise<Came>): Promise<Came> {
  const park = (): void => void flujo.close();
  process.once("SIGINT", park);
  try {
    return await start();
  } finally {
    process.off("SIGINT", park);
    progress.close();
  }
}

/** Goes on until nothing is asked any more; null where a question stays open. */
async function answered({ job, output }: Showing, { flujo, progress }: Watch, first: Came): Promise<Came | null> {
  let came = first;
  while (came.status === "paused") {
    const [pause] = came.pauses;
    if (pause === undefined) throw new FlujoError("pause_not_found", `Run ${came.runId} waits for nothing.`);
    const value = await approvalFor(pause, output);
    if (value === null) return null;
    came = await job.answer(flujo, came.runId, { pause: pause.id, value, options: { onEvent: progress.event } });
  }
  return came;
}

function parked(runId: string, { output, isWaiting }: { readonly output: Output; readonly isWaiting: boolean }): number {
  const how = isWaiting ? "answer" : "resume";
  output.say("", `Parked: nothing that is recorded is lost. Go on with:`, `  npx flujo ${how} ${runId.slice(0, 13)} --state ${STATE}`);
  return 130;
}

function failed(came: Exclude<Came, { readonly status: "succeeded" }>, output: Output): number {
  if (came.status !== "failed") throw new FlujoError("cancelled", `Run ${came.runId} ended as ${came.status}.`);
  const error = new FlujoError(came.failure.code, came.failure.message);
  output.say(
    "",
    `${output.paint.bad("✖")} ${printable(error.message)}`,
    `  npx flujo trace ${came.runId.slice(0, 13)} --state ${STATE}   shows every step`,
  );
  return 1;
}
