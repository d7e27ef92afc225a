// `npm run mutate`: makes small mistakes in the code, one at a time, and looks whether a test of docs/semantics.md fails.
// `npm run mutate -- map parallel` tries only those of these kinds.
import { tryMutants } from "./try-mutants.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const { killed, survived } = await tryMutants(process.argv.slice(2));
process.exitCode = survived === 0 ? 0 : 1;
console.log(`${killed} passed, ${survived} failed`);
