// `npm test`: every check of the repository, cheapest first. `node scripts/test.ts lint types` runs only those.
import { CHECKS } from "./checks/checks.ts";
import { runChecks } from "./checks/run-checks.ts";

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0)
  throw new Error(`No check is called ${unknown.join(", ")}. There are ${CHECKS.map(({ name }) => name).join(", ")}.`);

const checks = wanted.length === 0 ? CHECKS : CHECKS.filter(({ name }) => wanted.includes(name));
const { passed, failed } = await runChecks(checks, process.cwd());
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${Math.round(performance.now() / 1000)} s in all`);
console.log(`${passed} passed, ${failed} failed`);
