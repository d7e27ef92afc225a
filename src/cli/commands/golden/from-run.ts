import type { GoldenOperation } from "../../../golden/golden.ts";
import { goldenRules } from "../../../golden/project/golden-rules.ts";
import { goldenName, goldensFolder, nameOfInput, sourceFrom } from "../../../golden/project/golden-place.ts";
import { goldenFromRun } from "../../../golden/record.ts";
import type { FlujoOptions } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import { findRun } from "../../find-run.ts";
import { command, goOnCommand, shortId } from "../../hints.ts";
import { programOfRun } from "../../program-of-run.ts";
import { openFlujo, stateOf } from "../../state.ts";
import type { GoingOn, PlaceFlags } from "./save-golden.ts";
import { placeFor, saveGolden } from "./save-golden.ts";

/** What `flujo golden from-run` can be told. */
export interface FromRunFlags extends PlaceFlags {
  readonly file?: string;
}

/** Writes a golden of a run that is on record. */
export async function fromRun(desk: Desk, wanted: string, flags: FromRunFlags): Promise<number> {
  await using flujo = openFlujo(desk);
  const { runId, ...found } = await findRun(desk, flujo, wanted);
  const { program, source } = await programOfRun(desk, { runId, ...found }, flags.file);
  const { redact } = goldenRules();
  const state = stateOf(desk) as NonNullable<FlujoOptions["state"]>;
  const golden = await goldenFromRun(program, { runId, state, redact, source: sourceFrom(goldensFolder(process.cwd()), source) });
  const file = placeFor({ pipeline: golden.pipeline, name: nameOfInput(golden.input) }, flags);
  const made = [
    "golden",
    "from-run",
    shortId(runId),
    "--name",
    goldenName(file),
    ...(flags.file === undefined ? [] : ["--file", flags.file]),
  ];
  const goesOn = (waits: readonly GoldenOperation[]): GoingOn => ({
    how: `${waits.every(({ kind }) => kind === "signal") ? "Send the run what it waits for" : "Answer the run"}, then make it again:`,
    commands: [...waits.map((wait) => answering(desk, runId, { wait, isOnly: waits.length === 1 })), command(desk, ...made, "--force")],
  });
  return saveGolden(desk, { golden, file, redact, goesOn });
}

interface Awaited {
  readonly wait: GoldenOperation;
  readonly isOnly: boolean;
}

function answering(desk: Desk, runId: string, { wait, isOnly }: Awaited): string {
  const run = shortId(runId);
  if (wait.kind === "signal") return command(desk, "signal", run, isOnly ? wait.name : wait.path, "--value", "…");
  return goOnCommand(desk, "answer", run, ...(isOnly ? [] : ["--pause", wait.path]));
}
