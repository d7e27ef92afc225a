// Fails when an import of src/ goes through a wall of the house, or when imports form a cycle.
import { findBreaches } from "./walls/find-breaches.ts";

const { files, imports, breaches } = await findBreaches(process.cwd());
for (const { rule, from, to, why } of breaches) console.error(`${rule}: ${from} -> ${to}\n  ${why}`);
console.log(`${files} files, ${imports} imports, ${breaches.length} through a wall`);
process.exitCode = breaches.length === 0 ? 0 : 1;
