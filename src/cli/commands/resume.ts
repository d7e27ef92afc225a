import type { Desk } from "../desk.ts";
import { findRun } from "../find-run.ts";
import { goOn } from "../go-on.ts";
import { programOfRun } from "../program-of-run.ts";
import { openFlujo } from "../state.ts";

/** Goes on with a run that was interrupted or parked. What is recorded is not done again. */
export async function resume(desk: Desk, wanted: string, flags: { readonly file?: string }): Promise<number> {
  await using flujo = openFlujo(desk);
  const record = await findRun(desk, flujo, wanted);
  const loaded = await programOfRun(desk, record, flags.file);
  const { exitCode } = await goOn(desk, {
    flujo,
    record,
    loaded,
    go: (onEvent) => flujo.resume(loaded.program, record.runId, { onEvent }),
  });
  return exitCode;
}
