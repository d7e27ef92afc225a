import { goldenRules } from "../../../golden/project/golden-rules.ts";
import { goldensFolder, nameOfInput, sourceFrom } from "../../../golden/project/golden-place.ts";
import { goldenFromRun } from "../../../golden/record.ts";
import type { FlujoOptions } from "../../../index.ts";
import type { Desk } from "../../desk.ts";
import { findRun } from "../../find-run.ts";
import { programOfRun } from "../../program-of-run.ts";
import { openFlujo, stateOf } from "../../state.ts";
import type { PlaceFlags } from "./save-golden.ts";
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
  return saveGolden(desk, { golden, file, redact });
}
