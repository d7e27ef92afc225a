import { FlujoError } from "../base/errors.ts";
import type { Entry, Flujo, RunRecord } from "../index.ts";
import type { Desk } from "./desk.ts";
import { programOfRun } from "./program-of-run.ts";

/**
 * A run's journal. Where it holds a value of a type that only the run's own program knows, that program is loaded first: it
 * registers the type.
 *
 * @param override - Where the program is now, if the person said so.
 * @throws {FlujoError} `state_unreadable`, also where the program cannot be loaded, or does not know the type either.
 */
export async function entriesOfRun(
  desk: Desk,
  { flujo, record }: { readonly flujo: Flujo; readonly record: RunRecord },
  override?: string,
): Promise<readonly Entry[]> {
  try {
    return await flujo.entries(record.runId);
  } catch (error) {
    const isForeign = FlujoError.is(error, "state_unreadable") && typeof error.details["tag"] === "string";
    if (!isForeign || (record.source === null && override === undefined)) throw error;
    await programOfRun(desk, record, override).catch(() => {
      throw error; // why the journal cannot be read says more than why this could not help
    });
    return flujo.entries(record.runId);
  }
}
