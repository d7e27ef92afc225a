import { FlujoError } from "../../base/errors.ts";
import type { Flujo, Plan } from "../../index.ts";
import { conduct } from "../conduct.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { command, noteNext } from "../hints.ts";
import type { LoadedProgram } from "../load-program.ts";
import { loadProgram } from "../load-program.ts";
import { readJson, readValue } from "../read-value.ts";
import { openFlujo } from "../state.ts";
import { planLines } from "../terminal/plan-tree.ts";

/** What `flujo run` can be told. */
export interface RunFlags {
  readonly input?: string;
  readonly context?: string;
  readonly model?: string;
  readonly runId?: string;
  readonly dryRun?: boolean;
}

interface Start {
  readonly input: unknown;
  readonly context?: unknown;
}

/** Runs a program from a file. What can be known to be wrong before is said before: no run is made then. */
export async function run(desk: Desk, where: string, flags: RunFlags): Promise<number> {
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  const loaded = await loadProgram(where);
  desk.busyWith = null;
  const start = await startOf(desk, flags);
  await using flujo = openFlujo(desk);
  const plan = await check(flujo, { loaded, start, flags });
  if (flags.dryRun === true) return showPlan(desk, { plan, label: loaded.label, flags });
  const { program, source } = loaded;
  const { exitCode } = await conduct(desk, {
    flujo,
    go: (onEvent) => flujo.run(program, start.input as never, { ...optionsOf(flags, start), source, onEvent }),
  });
  return exitCode;
}

async function startOf(desk: Desk, { input, context }: RunFlags): Promise<Start> {
  if (input === "-" && context === "-")
    throw new FlujoError("usage_invalid", "Both --input and --context are to be read from stdin.", {
      remedy: "Read one of them from a file: @FILE.",
    });
  const start = { input: input === undefined ? undefined : await readValue(desk, input) };
  return context === undefined ? start : { ...start, context: await readJson(desk, "--context", context) };
}

function optionsOf({ model, runId }: RunFlags, { context }: Start) {
  return {
    ...(context === undefined ? {} : { context }),
    ...(model === undefined ? {} : { model }),
    ...(runId === undefined ? {} : { runId }),
  };
}

interface Wanted {
  readonly loaded: LoadedProgram;
  readonly start: Start;
  readonly flags: RunFlags;
}

/** @throws {FlujoError} Whatever would keep the run from beginning, or its agents from asking their models. */
async function check(flujo: Flujo, { loaded, start, flags }: Wanted): Promise<Plan> {
  try {
    return await flujo.check(loaded.program, { start, ...(flags.model === undefined ? {} : { model: flags.model }) });
  } catch (error) {
    if (!FlujoError.is(error, "input_invalid")) throw error;
    const remedy = inputRemedy(flags.input, start.input);
    throw remedy === null ? error : new FlujoError("input_invalid", error.summary, { cause: error, details: error.details, remedy });
  }
}

/** What helps where the input was left out, or may have been meant as text; null where nothing more can be said. */
function inputRemedy(given: string | undefined, input: unknown): string | null {
  if (given === undefined) return "Give an input: --input VALUE, --input @FILE, or --input - for stdin.";
  if (typeof input === "string" || given.startsWith("@") || given === "-") return null;
  return `Give an input that fits the schema. It was read as JSON; as text it is written --input '${JSON.stringify(given)}'.`;
}

function showPlan(desk: Desk, { plan, label, flags }: { readonly plan: Plan; readonly label: string; readonly flags: RunFlags }): number {
  const { output } = desk;
  output.document({ dryRun: true, plan });
  output.printAll(
    planLines(plan, {
      paint: output.paint,
      model: flags.model ?? null,
      width: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
    }),
  );
  output.note(output.notePaint.faint("Everything fits: the pipeline, the input, the models. Nothing was run."));
  noteNext(desk, [[command(desk, "run", label), "with the same options, but without --dry-run"]]);
  return DONE;
}
