import { FlujoError } from "../../base/errors.ts";
import type { Flujo, Plan } from "../../index.ts";
import { conduct } from "../conduct.ts";
import type { Desk } from "../desk.ts";
import { DONE } from "../desk.ts";
import { command, noteNext } from "../hints.ts";
import type { LoadedProgram } from "../load-program.ts";
import { loadProgram } from "../load-program.ts";
import { type Given, NOTHING_GIVEN, readJson, readValue, withGiven } from "../read-value.ts";
import { openFlujo } from "../state.ts";
import { planLines } from "../terminal/plan-tree.ts";

/** What `flujo run` can be told. */
export interface RunFlags {
  readonly input?: string;
  readonly context?: string;
  readonly model?: string;
  readonly thread?: string;
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
  if (flags.input === "-" && flags.context === "-")
    throw new FlujoError("usage_invalid", "Both --input and --context are to be read from stdin.", {
      remedy: "Read one of them from a file: @FILE.",
    });
  const given = flags.input === undefined ? NOTHING_GIVEN : await readValue(desk, flags.input);
  const context = flags.context === undefined ? {} : { context: await readJson(desk, "--context", flags.context) };
  await using flujo = openFlujo(desk);
  const wanted: Wanted = { loaded, flags, context };
  if (flags.dryRun === true) return await dryRun(desk, flujo, { ...wanted, given });
  const { start, plan } = await check(flujo, { ...wanted, given });
  const { program, source, label } = loaded;
  const { exitCode } = await conduct(desk, {
    flujo,
    plan,
    file: label,
    go: (onEvent) => flujo.run(program, start.input as never, { ...optionsOf(flags, start), source, onEvent }),
  });
  return exitCode;
}

function optionsOf({ model, thread, runId }: RunFlags, { context }: Start) {
  return {
    ...(context === undefined ? {} : { context }),
    ...(model === undefined ? {} : { model }),
    ...(thread === undefined ? {} : { thread }),
    ...(runId === undefined ? {} : { runId }),
  };
}

interface Wanted {
  readonly loaded: LoadedProgram;
  readonly flags: RunFlags;
  readonly context: { readonly context?: unknown };
}

interface Checked {
  readonly plan: Plan;
  readonly start: Start;
}

/**
 * What the run is to begin with, once it is known to fit.
 *
 * @throws {FlujoError} Whatever would keep the run from beginning, or its agents from asking their models.
 */
async function check(flujo: Flujo, { loaded, flags, context, given }: Wanted & { readonly given: Given }): Promise<Checked> {
  try {
    return await withGiven(given, "input_invalid", async (input) => {
      const start: Start = { input, ...context };
      return { start, plan: await flujo.check(loaded.program, { start, ...modelOf(flags) }) };
    });
  } catch (error) {
    if (!FlujoError.is(error, "input_invalid") || flags.input !== undefined) throw error;
    const remedy = "Give an input: --input VALUE, --input @FILE, or --input - for stdin.";
    throw new FlujoError("input_invalid", error.summary, { cause: error, details: error.details, remedy });
  }
}

function modelOf({ model }: RunFlags): { readonly model?: string } {
  return model === undefined ? {} : { model };
}

/** The plan can be seen before there is an input to look at. */
async function dryRun(desk: Desk, flujo: Flujo, wanted: Wanted & { readonly given: Given }): Promise<number> {
  const { loaded, flags } = wanted;
  try {
    const { plan } = await check(flujo, wanted);
    return showPlan(desk, { plan, label: loaded.label, flags });
  } catch (error) {
    if (!FlujoError.is(error, "input_invalid") || flags.input !== undefined) throw error;
    return showPlan(desk, { plan: await flujo.check(loaded.program, modelOf(flags)), label: loaded.label, flags });
  }
}

function showPlan(desk: Desk, { plan, label, flags }: { readonly plan: Plan; readonly label: string; readonly flags: RunFlags }): number {
  const { output } = desk;
  output.document({ dryRun: true, isInputChecked: flags.input !== undefined, plan });
  output.printAll(
    planLines(plan, {
      paint: output.paint,
      model: flags.model ?? null,
      width: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
    }),
  );
  const fits =
    flags.input === undefined
      ? "The pipeline and the models fit; no input was given, so none was checked."
      : "Everything fits: the pipeline, the input, the models.";
  output.note(output.notePaint.faint(`${fits} Nothing was run.`));
  noteNext(desk, [[command(desk, "run", label), "with the same options, but without --dry-run"]]);
  return DONE;
}
