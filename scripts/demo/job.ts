import { fileURLToPath } from "node:url";
import type { Flujo, ResumeOptions, RunOptions, RunResult, RunSource } from "../../src/index.ts";
import tickets from "../../examples/triage/tickets.json" with { type: "json" };
import type { Ticket, TriageResult } from "../../examples/triage/ticket.ts";
import { ticket, triage } from "../../examples/triage/triage.ts";

/** What the demo runs: the dozen tickets, or one. */
export interface Job {
  readonly size: number;
  readonly run: (flujo: Flujo, options: Pick<RunOptions, "runId" | "model" | "onEvent">) => Promise<Came>;
  readonly resume: (flujo: Flujo, runId: string, options: ResumeOptions) => Promise<Came>;
  readonly answer: (
    flujo: Flujo,
    runId: string,
    answer: { readonly pause: string; readonly value: unknown; readonly options: ResumeOptions },
  ) => Promise<Came>;
}

/** What comes of it. */
export type Came = RunResult<readonly TriageResult[] | TriageResult>;

const FILE = fileURLToPath(new URL("../../examples/triage/triage.ts", import.meta.url));

/** The example's dozen tickets. */
export const BATCH: Job = {
  size: tickets.length,
  run: (flujo, options) => flujo.run(triage, tickets, { ...options, source: sourceOf("triage") }),
  resume: (flujo, runId, options) => flujo.resume(triage, runId, options),
  answer: (flujo, runId, answer) => flujo.answer(triage, runId, answer),
};

/** One ticket of one's own. */
export function single(own: Ticket): Job {
  return {
    size: 1,
    run: (flujo, options) => flujo.run(ticket, own, { ...options, source: sourceOf("ticket") }),
    resume: (flujo, runId, options) => flujo.resume(ticket, runId, options),
    answer: (flujo, runId, answer) => flujo.answer(ticket, runId, answer),
  };
}

/** The results in a list, whichever job they are of. */
export function resultsOf(output: readonly TriageResult[] | TriageResult): readonly TriageResult[] {
  return [output].flat();
}

/** So that `flujo resume` and `flujo answer` find the pipeline by the run's id alone. */
function sourceOf(exportName: string): RunSource {
  return { file: FILE, exportName };
}
