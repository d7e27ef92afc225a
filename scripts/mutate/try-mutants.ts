import { availableParallelism } from "node:os";
import { MUTANTS } from "./mutants/index.ts";
import { runMutants } from "./run-mutants.ts";

/** How many mutants a test has caught, and how many none has. */
export interface Tried {
  readonly killed: number;
  readonly survived: number;
}

/** Tries the mutants of these kinds, or all where none is named, and prints what came of each. */
export async function tryMutants(wanted: readonly string[]): Promise<Tried> {
  const unknown = wanted.filter((kind) => !Object.hasOwn(MUTANTS, kind));
  if (unknown.length > 0) throw new Error(`There are no mutants of ${unknown.join(", ")}, only of ${Object.keys(MUTANTS).join(", ")}.`);
  const mutants = Object.entries(MUTANTS).flatMap(([kind, each]) => (wanted.length === 0 || wanted.includes(kind) ? each : []));
  const { killed, survivors } = await runMutants({
    root: process.cwd(),
    mutants,
    copies: Math.min(availableParallelism(), 4),
    onVerdict: ({ id, says }, verdict, seconds) => {
      const came = verdict.killed ? `✔ ${id}: killed by ${verdict.by}` : `✘ ${id}: survived, since ${verdict.why}`;
      console.log(`${came} (${says}; ${seconds.toFixed(1)} s)`);
    },
  });
  console.log(`${killed} / ${mutants.length} killed, in ${Math.round(performance.now() / 1000)} s`);
  for (const { id, file, says } of survivors) console.log(`survivor: ${id} in ${file}: ${says}`);
  return { killed, survived: survivors.length };
}
