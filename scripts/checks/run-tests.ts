import { globSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Judgement, judgeReport, type TestReport } from "./judge-report.ts";
import { runCommand } from "./run-command.ts";

/** Where test files may stand. `vitest.config.ts` names the same places; a file that it misses is found here. */
const TEST_FILES = "**/*.test.ts";
const NOT_OURS = ["**/node_modules/**", "dist/**", "**/fixtures/**"];

/** A test run, judged. */
export interface TestRun extends Judgement {
  readonly seconds: number;
}

/**
 * Runs all tests of a folder, printing as they go, and judges the run by its report.
 *
 * @param command - The line of shell that starts vitest.
 * @param folder - Where it runs.
 */
export async function runTests(command: string, folder: string): Promise<TestRun> {
  const reports = await mkdtemp(join(tmpdir(), "flujo-tests-"));
  const file = join(reports, "report.json");
  try {
    const { ok, seconds } = await runCommand(`${command} --reporter=default --reporter=json --outputFile.json="${file}"`, {
      folder,
      live: true,
    });
    const report = await readFile(file, "utf8").catch(() => null);
    if (report === null) return { passed: 0, failed: 0, complaints: ["The test runner ended without a report."], seconds };
    const files = globSync(TEST_FILES, { cwd: folder, exclude: NOT_OURS }).map((path) => resolve(folder, path));
    const judgement = judgeReport(JSON.parse(report) as TestReport, files);
    const complaints = ok || judgement.complaints.length > 0 ? judgement.complaints : ["The test runner failed, outside any test."];
    return { ...judgement, complaints, seconds };
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}
