import { FlujoError } from "../base/errors.ts";
import type { Compiled } from "../plan/compile.ts";
import { checkWorkOptions } from "./check-options.ts";
import type { Runs } from "./runs.ts";
import { startedBy } from "./spawned.ts";
import type { WorkerParts } from "./worker.ts";
import { Worker } from "./worker.ts";

/** Works on the runs of these programs until it is told to stop. @throws {FlujoError} `usage_invalid`; what opening the store throws. */
export async function work(runs: Runs, programs: readonly Compiled[], how: Pick<WorkerParts, "options" | "mostAtOnce">): Promise<void> {
  checkWorkOptions(how.options);
  const byName = new Map<string, Compiled>();
  for (const compiled of programs.flatMap((program) => [program, ...startedBy(program)])) {
    const { name } = compiled.plan;
    if (byName.has(name) && byName.get(name)?.plan.hash !== compiled.plan.hash)
      throw new FlujoError("usage_invalid", `Two of the programs to work on are called "${name}".`, {
        remedy: "A run knows its program by name: give each a name of its own.",
      });
    byName.set(name, compiled);
  }
  if (byName.size === 0)
    throw new FlujoError("usage_invalid", "There is no program to work on.", {
      remedy: "Give the programs whose runs are to be gone on with.",
    });
  const worker = new Worker({ ...how, runs, programs: byName });
  runs.workers.add(worker);
  try {
    await worker.work();
  } finally {
    runs.workers.delete(worker);
  }
}
