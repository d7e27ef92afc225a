import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./checks.ts";
import { runCommand } from "./run-command.ts";
import { runTests } from "./run-tests.ts";

/** How many checks and tests passed and failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Runs checks one after another; one that fails stops none of the others. A check counts as one, and the tests count each besides.
 *
 * @param checks - Which, in which order. Each is a script in the folder's package.json.
 * @param folder - Whose.
 */
export async function runChecks(checks: readonly Check[], folder: string): Promise<Tally> {
  const { scripts } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as { scripts: Record<string, string> };
  let [passed, failed] = [0, 0];
  for (const check of checks) {
    const command = scripts[check.name];
    if (command === undefined) throw new Error(`package.json has no script "${check.name}".`);
    console.log(`- ${check.name}: ${command}`);
    const result = check.name === "unit" ? await unit(command, folder) : await plain(command, folder);
    for (const complaint of result.complaints) console.log(complaint);
    const ok = result.complaints.length === 0;
    console.log(`${ok ? "✔" : "✘"} ${check.name}: ${ok ? check.says : "failed"} (${result.seconds.toFixed(1)} s)`);
    passed += result.passed + (ok ? 1 : 0);
    failed += result.failed + (ok ? 0 : 1);
  }
  return { passed, failed };
}

interface Result extends Tally {
  readonly complaints: readonly string[];
  readonly seconds: number;
}

async function plain(command: string, folder: string): Promise<Result> {
  const { ok, output, seconds } = await runCommand(command, { folder, live: false });
  return { passed: 0, failed: 0, complaints: ok ? [] : [output.trimEnd()], seconds };
}

async function unit(command: string, folder: string): Promise<Result> {
  const run = await runTests(command, folder);
  return run.complaints.length === 0 ? run : { ...run, complaints: ["", ...run.complaints] };
}
