// `npm run test:deep`: what is too long for every change. The matrix of kinds with other trees and in other worlds, a SIGKILL at every
// commit, a million items, then the mutants.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./checks/run-command.ts";
import { tryMutants } from "./mutate/try-mutants.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Tests that are run once more, longer. */
interface Longer {
  readonly says: string;
  readonly files: string;
  readonly env: string;
}

/** Runs them, and gives how many passed and failed. */
async function runLonger({ says, files, env }: Longer): Promise<{ readonly passed: number; readonly failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), "flujo-deep-"));
  try {
    console.log(says);
    const report = join(folder, "report.json");
    const command = `${env} vitest run ${files} --reporter=default --reporter=json --outputFile.json="${report}"`;
    const { ok } = await runCommand(command, { folder: process.cwd(), live: true });
    const told = JSON.parse(readFileSync(report, "utf8")) as { readonly numPassedTests: number; readonly numFailedTests: number };
    return { passed: told.numPassedTests, failed: told.numFailedTests === 0 && !ok ? 1 : told.numFailedTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const seed = process.env["FLUJO_MATRIX_SEED"] ?? "1000000";
const matrix = await runLonger({
  says: `The matrix of kinds, three trees a cell, from seed ${seed} on:`,
  files: "test/every-kind",
  env: `FLUJO_MATRIX_SEED=${seed} FLUJO_MATRIX_TIMES=3`,
});
const long = await runLonger({
  says: "A process killed at every commit, and a million items and iterations:",
  files: "test/kill/kill.test.ts test/kill/all-kinds.test.ts test/kill/composed-kinds.test.ts test/bad-input/large.test.ts",
  env: "FLUJO_KILL_EVERY=1 FLUJO_LARGE=1000000",
});
const mutants = await tryMutants([]);
const failed = matrix.failed + long.failed + mutants.survived;
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${matrix.passed + long.passed + mutants.killed} passed, ${failed} failed`);
