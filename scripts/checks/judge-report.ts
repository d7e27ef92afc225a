/** The part of vitest's JSON report that is read here. */
export interface TestReport {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** What a test run comes to. */
export interface Judgement {
  readonly passed: number;
  readonly failed: number;
  /** Why the run counts as failed, a sentence each; empty where all is well. */
  readonly complaints: readonly string[];
}

/**
 * Judges a test run by the runner's own report and by the test files that there are.
 * A test that did not run proves nothing: skipped, to do and never collected all count against the run.
 *
 * @param report - What vitest wrote.
 * @param files - Every test file on disk, as absolute paths.
 */
export function judgeReport(report: TestReport, files: readonly string[]): Judgement {
  const collected = new Set(report.testResults.map(({ name }) => name));
  const uncollected = files.filter((file) => !collected.has(file));
  // A file that cannot be loaded has no tests to fail.
  const broken = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0);
  const empty = report.testResults.filter(({ status, assertionResults }) => status !== "failed" && assertionResults.length === 0);
  const failed = report.numFailedTests + broken.length;
  const complaints = [
    ...sentence(failed, "failed", "failed"),
    ...sentence(report.numPendingTests, "was skipped", "were skipped"),
    ...sentence(report.numTodoTests, "is still to do", "are still to do"),
    ...uncollected.map((file) => `${file} was not collected: no test in it ran.`),
    ...empty.map(({ name }) => `${name} holds no test.`),
  ];
  if (!report.success && complaints.length === 0) complaints.push("The runner says that the run failed, outside any test.");
  return { passed: report.numPassedTests, failed, complaints };
}

function sentence(count: number, one: string, many: string): readonly string[] {
  if (count === 0) return [];
  return [count === 1 ? `1 test ${one}.` : `${count} tests ${many}.`];
}
