// `npm run mutate`: makes small mistakes in the code, one at a time, and looks whether a test of docs/semantics.md fails.
// `npm run mutate -- map parallel` tries only those of these kinds.
import { availableParallelism } from "node:os";
import { MUTANTS } from "./mutants/index.ts";
import { runMutants } from "./run-mutants.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const wanted = process.argv.slice(2);
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
process.exitCode = survivors.length === 0 ? 0 : 1;
console.log(`${killed} passed, ${survivors.length} failed`);
