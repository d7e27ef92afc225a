import { existsSync } from "node:fs";
import { FlujoError } from "../base/errors.ts";
import type { RunRecord } from "../index.ts";
import type { Desk } from "./desk.ts";
import type { LoadedProgram } from "./load-program.ts";
import { loadProgram } from "./load-program.ts";

/**
 * The program a run was started with, from where the run says it came, or from `override`.
 *
 * @throws {FlujoError} `usage_invalid` where the run came from no file, `file_not_loadable` where the file is gone.
 */
export async function programOfRun(desk: Desk, record: RunRecord, override: string | undefined): Promise<LoadedProgram> {
  const where = override ?? whereOf(record);
  desk.busyWith = `the file ${where}, whose top-level await never comes to an end`;
  const loaded = await loadProgram(where);
  desk.busyWith = null;
  if (override !== undefined) desk.run = { id: record.runId, where: ["--file", loaded.label] };
  return loaded;
}

function whereOf({ runId, source }: RunRecord): string {
  const remedy = "Say where its program is now: --file FILE#export";
  if (source === null)
    throw new FlujoError("usage_invalid", `Run ${runId} was not started by this command line, so its file is not known.`, { remedy });
  if (!existsSync(source.file)) {
    throw new FlujoError("file_not_loadable", `Run ${runId} was started from ${source.file}, and that file is no longer there.`, {
      remedy,
      details: { runId, file: source.file },
    });
  }
  return `${source.file}#${source.exportName}`;
}
