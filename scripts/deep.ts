// `npm run test:deep`: what is too long for every change. The matrix of kinds with other trees and in other worlds, then the mutants.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./checks/run-command.ts";
import { tryMutants } from "./mutate/try-mutants.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

/** Runs the matrix with three trees a cell, and gives how many of its tests passed and failed. */
async function runMatrix(seed: string): Promise<{ readonly passed: number; readonly failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), "flujo-deep-"));
  try {
    console.log(`The matrix of kinds, three trees a cell, from seed ${seed} on:`);
    const report = join(folder, "report.json");
    const how = `FLUJO_MATRIX_SEED=${seed} FLUJO_MATRIX_TIMES=3`;
    const command = `${how} vitest run test/every-kind --reporter=default --reporter=json --outputFile.json="${report}"`;
    const { ok } = await runCommand(command, { folder: process.cwd(), live: true });
    const told = JSON.parse(readFileSync(report, "utf8")) as { readonly numPassedTests: number; readonly numFailedTests: number };
    return { passed: told.numPassedTests, failed: told.numFailedTests === 0 && !ok ? 1 : told.numFailedTests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const matrix = await runMatrix(process.env["FLUJO_MATRIX_SEED"] ?? "1000000");
const mutants = await tryMutants([]);
const failed = matrix.failed + mutants.survived;
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${matrix.passed + mutants.killed} passed, ${failed} failed`);
